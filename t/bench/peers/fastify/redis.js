'use strict'
// The connection to Redis, and what is kept there under which key.

const { Redis } = require('ioredis')

const DAY = 86400

exports.DAY = DAY
exports.connect = (settings) =>
  new Redis({ host: '127.0.0.1', port: settings.redis_port, enableAutoPipelining: true })
exports.today = () => Math.floor(Date.now() / 1000 / DAY) * DAY
exports.quotaKey = (site) => `quota:${site}:${exports.today()}`
exports.sessionKey = (id) => `session:${id}`
