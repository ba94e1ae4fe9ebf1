// A relying party made of npm's openid-client, steered over its standard input and output: it prints one JSON object a line
// and reads the addresses that the browser was sent to.
//   node relying-party.mjs ISSUER CLIENT_ID CLIENT_SECRET REDIRECT_URI LOGGED_OUT_URI
import * as readline from 'node:readline'
import * as client from 'openid-client'

const [issuer, id, secret, redirectUri, loggedOutUri] = process.argv.slice(2)
const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const say = (what) => console.log(JSON.stringify(what))
const hear = async () => (await lines.next()).value

const config = await client.discovery(new URL(issuer), id, secret, client.ClientSecretBasic(secret), {
  execute: [client.allowInsecureRequests],
})
// The signature of the ID token too, although it came over the back channel.
client.enableNonRepudiationChecks(config)

const verifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const nonce = client.randomNonce()
const parameters = {
  redirect_uri: redirectUri,
  scope: 'openid profile pid offline_access',
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  prompt: 'consent',
  state,
  nonce,
}
say({ go: client.buildAuthorizationUrl(config, parameters).href })

const expected = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
const tokens = await client.authorizationCodeGrant(config, new URL(await hear()), expected)
const claims = tokens.claims()
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
const active = await client.tokenIntrospection(config, tokens.access_token)
say({ claims, userinfo, active: active.active, scope: tokens.scope, refresh: Boolean(tokens.refresh_token) })

const renewed = await client.refreshTokenGrant(config, tokens.refresh_token)
await client.tokenRevocation(config, renewed.access_token)
const revoked = await client.tokenIntrospection(config, renewed.access_token)
const machine = await client.clientCredentialsGrant(config)
say({
  rotated: renewed.refresh_token !== tokens.refresh_token,
  same_subject: (renewed.claims()?.sub ?? claims.sub) === claims.sub,
  active_after_revocation: revoked.active,
  machine: Boolean(machine.access_token),
})

const endSession = client.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token,
  post_logout_redirect_uri: loggedOutUri,
  state: 'bye',
})
say({ go: endSession.href })
process.exit(0)
