// npm `oidc-provider` as its documentation sets it up: a store in memory, a log-in that asks nothing, the same clients, the same
// scope and lives as `bench/config`. One process, no TLS. PORT from the environment; `debug`'s development warnings stay on stderr.
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;
const callback = "http://127.0.0.1:9499/cb";
const jwk = (key, alg) => ({ ...key.privateKey.export({ format: "jwk" }), alg, use: "sig" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });

const client = (client_id, grant_types, more = {}) => ({
  client_id,
  client_secret: "bench-secret",
  redirect_uris: grant_types.includes("authorization_code") ? [callback] : [],
  response_types: grant_types.includes("authorization_code") ? ["code"] : [],
  grant_types,
  scope: "openid pid",
  ...more,
});
const ES256 = { id_token_signed_response_alg: "ES256" };

// Its memory store forgets all but some thousand things, sessions in use among them; this one keeps what it is given.
const things = new Map();
const grants = new Map();
const uids = new Map();
class Memory {
  constructor(model) {
    this.model = model;
  }
  key(id) {
    return `${this.model}:${id}`;
  }
  async upsert(id, payload) {
    const key = this.key(id);
    things.set(key, payload);
    if (this.model === "Session") uids.set(payload.uid, id);
    if (payload.grantId) {
      if (!grants.has(payload.grantId)) grants.set(payload.grantId, []);
      grants.get(payload.grantId).push(key);
    }
  }
  async find(id) {
    return things.get(this.key(id));
  }
  async findByUid(uid) {
    return this.find(uids.get(uid));
  }
  async consume(id) {
    const thing = things.get(this.key(id));
    if (thing) thing.consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    things.delete(this.key(id));
  }
  async revokeByGrantId(grantId) {
    for (const key of grants.get(grantId) ?? []) things.delete(key);
    grants.delete(grantId);
  }
}

const provider = new Provider(issuer, {
  adapter: Memory,
  clients: [
    client("rs256", ["authorization_code"]),
    client("es256", ["authorization_code"], ES256),
    client("refresh-rs256", ["authorization_code", "refresh_token"]),
    client("refresh-es256", ["authorization_code", "refresh_token"], ES256),
    client("client-rs256", ["client_credentials"]),
    client("client-es256", ["client_credentials"]),
    client("resource", ["client_credentials"]),
  ],
  jwks: { keys: [jwk(rsa, "RS256"), jwk(ec, "ES256")] },
  scopes: ["openid", "pid", "offline_access"],
  claims: { openid: ["sub"], pid: ["pid"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["a key of the bench alone"] },
  pkce: { required: () => true },
  issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
  rotateRefreshToken: true,
  ttl: { AccessToken: 600, AuthorizationCode: 60, ClientCredentials: 300, Grant: 28800, IdToken: 300, Interaction: 600, RefreshToken: 2592000, Session: 28800 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: async () => true },
    userinfo: { enabled: true },
    // Client credentials as JWT, like ours.
    resourceIndicators: {
      enabled: true,
      defaultResource: (_ctx, client) => (client.clientId.startsWith("client-") ? `${issuer}/` : undefined),
      getResourceServerInfo: (_ctx, _resource, client) => ({
        scope: "",
        accessTokenFormat: "jwt",
        accessTokenTTL: 300,
        jwt: { sign: { alg: client.clientId === "client-es256" ? "ES256" : "RS256" } },
      }),
    },
  },
  // A person who is known at one client is known at all, as its documentation sets it up for clients of one's own.
  loadExistingGrant: async (ctx) => {
    const { client, session, provider, result } = ctx.oidc;
    const known = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
    if (known) return provider.Grant.find(known);
    const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
    grant.addOIDCScope("openid pid");
    await grant.save();
    return grant;
  },
  findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, pid: "9208-2002-2-123456789012" }) }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
});

// Whoever comes is logged in and consents: what is measured begins after that.
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/interaction/")) return next();
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  const accountId = details.session?.accountId ?? `person-${Math.random().toString(36).slice(2)}`;
  const grant = new provider.Grant({ accountId, clientId: details.params.client_id });
  grant.addOIDCScope(details.params.scope);
  const grantId = await grant.save();
  await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId }, consent: { grantId } }, { mergeWithLastSubmission: false });
});

provider.on("server_error", (_ctx, error) => console.error(error));
provider.listen(port, "127.0.0.1", () => console.log(`listening on ${issuer}`));
