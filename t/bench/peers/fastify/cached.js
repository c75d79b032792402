'use strict'
// Quota and ten seconds of each session in the process, in front of Redis; verified tokens too.

const { connect, sessionKey, today } = require('./redis')

const FRESH = 10_000
const MOST = 100_000

module.exports = (settings) => {
  const redis = connect(settings)
  const copies = new Map()
  let counts = new Map()
  let day = today()

  function count (site) {
    if (today() !== day) {
      day = today()
      counts = new Map()
    }
    const used = (counts.get(site) ?? 0) + 1
    counts.set(site, used)
    return used
  }

  async function fetch (site, id) {
    const body = await redis.get(sessionKey(id))
    if (copies.size >= MOST) copies.clear()
    if (body !== null) copies.set(id, { body, until: Date.now() + FRESH })
    return [count(site), body]
  }

  return {
    verifiedTokens: 10_000,
    read (site, id) {
      const copy = copies.get(id)
      if (copy === undefined || copy.until <= Date.now()) return fetch(site, id)
      return [count(site), copy.body]
    }
  }
}
