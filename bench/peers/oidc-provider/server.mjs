// npm `oidc-provider` as its documentation sets it up: its own memory store, a log-in that asks nothing, the same clients, the same
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

const provider = new Provider(issuer, {
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
