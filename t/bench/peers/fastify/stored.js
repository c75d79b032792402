'use strict'
// Quota and session in Redis: two commands of one pipeline.

const { connect, quotaKey, sessionKey, DAY } = require('./redis')

module.exports = (settings) => {
  const redis = connect(settings)
  return {
    verifiedTokens: false,
    async read (site, id) {
      const quota = quotaKey(site)
      const answer = await Promise.all([redis.incr(quota), redis.get(sessionKey(id))])
      if (answer[0] === 1) redis.expire(quota, 2 * DAY)
      return answer
    }
  }
}
