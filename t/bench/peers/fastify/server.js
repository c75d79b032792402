'use strict'
// GET of a session behind a bearer token and a quota. usage: node server.js SETTINGS
// The store of the settings counts requests and finds sessions: stored.js or cached.js.

const fs = require('node:fs')
const fastify = require('fastify')
const { createVerifier } = require('fast-jwt')

const settings = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
const store = require(`./${settings.store}`)(settings)
const sites = new Set(settings.sites)
const headers = { 'content-type': settings.content_type, ...Object.fromEntries(settings.headers) }

const verify = createVerifier({
  key: Buffer.from(settings.key, 'hex'),
  algorithms: ['HS256'],
  requiredClaims: ['sid', 'exp'],
  cache: store.verifiedTokens
})

function refuse (reply, reason) {
  const [status, body, challenge] = settings.refusals[reason]
  if (challenge) reply.header('www-authenticate', challenge)
  return reply.code(status).send(body)
}

// The site of an Authorization header; what is wrong with it, as an Error's message.
function siteOf (authorization) {
  if (authorization === undefined) throw new Error('missing')
  if (authorization.slice(0, 7).toLowerCase() !== 'bearer ') throw new Error('invalid')
  let claims
  try {
    claims = verify(authorization.slice(7))
  } catch (error) {
    throw new Error(error.code === 'FAST_JWT_EXPIRED' ? 'expired' : 'invalid')
  }
  if (!sites.has(claims.sid)) throw new Error('invalid')
  return claims.sid
}

const app = fastify({ logger: false, exposeHeadRoutes: false })

app.get(`${settings.prefix}:id`, async (request, reply) => {
  reply.headers(headers)
  let site
  try {
    site = siteOf(request.headers.authorization)
  } catch (error) {
    return refuse(reply, error.message)
  }
  const [used, body] = await store.read(site, request.params.id)
  if (used > settings.limit) return refuse(reply, 'quota')
  if (body === null) return refuse(reply, 'unknown')
  return reply.send(body)
})

app.listen({ host: '127.0.0.1', port: settings.port })
