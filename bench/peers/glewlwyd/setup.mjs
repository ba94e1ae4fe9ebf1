// Sets a fresh glewlwyd up through its own API, as its pages would: an OpenID Connect instance with the same lives as ours, clients,
// one person, grants. Prints the cookie of that person's browser.   node setup.mjs http://127.0.0.1:PORT KEY.pem
import { readFileSync } from "node:fs";

const [origin, keyFile] = process.argv.slice(2);
const callback = "http://127.0.0.1:9499/cb";
let cookie = "";

async function call(method, path, body) {
  const answer = await fetch(`${origin}/api${path}`, {
    method,
    headers: { "Content-Type": "application/json", Cookie: cookie },
    body: body && JSON.stringify(body),
  });
  const set = answer.headers.getSetCookie?.()[0];
  if (set) cookie = set.split(";")[0];
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

await call("POST", "/auth/", { username: "admin", password: "password" });
await call("POST", "/mod/plugin/", {
  module: "oidc",
  name: "oidc",
  display_name: "oidc",
  order_rank: 0,
  parameters: {
    iss: `${origin}/api/oidc`,
    "jwt-type": "rsa",
    "jwt-key-size": "256",
    key: readFileSync(keyFile, "utf8"),
    cert: readFileSync(`${keyFile}.pub`, "utf8"),
    "access-token-duration": 600,
    "refresh-token-duration": 2592000,
    "code-duration": 60,
    "refresh-token-rolling": false,
    "refresh-token-one-use": "always",
    "auth-type-code-enabled": true,
    "auth-type-code-revoke-replayed": true,
    "auth-type-token-enabled": false,
    "auth-type-id-token-enabled": false,
    "auth-type-none-enabled": false,
    "auth-type-password-enabled": false,
    "auth-type-client-enabled": true,
    "auth-type-device-enabled": false,
    "auth-type-refresh-enabled": true,
    "allow-non-oidc": true,
    "pkce-allowed": true,
    "pkce-method-plain-allowed": false,
    "introspection-revocation-allowed": true,
    "introspection-revocation-allow-target-client": true,
    "introspection-revocation-auth-scope": [],
    "subject-type": "public",
    "jwks-show": true,
    "jwks-x5c": [],
    scope: [],
    "additional-parameters": [],
    claims: [],
    "request-parameter-allow": false,
    "register-client-allowed": false,
    "session-management-allowed": false,
  },
});
await call("POST", "/scope/", { name: "pid", display_name: "pid", description: "pid", password_required: false, password_max_age: 0, scheme: {} });
const client = (client_id, types, more = {}) =>
  call("POST", "/client/", {
    client_id,
    name: client_id,
    client_secret: "bench-secret",
    confidential: true,
    enabled: true,
    redirect_uri: [callback],
    authorization_type: types,
    token_endpoint_auth_method: ["client_secret_basic"],
    scope: ["openid", "pid"],
    ...more,
  });
await client("rs256", ["code"]);
await client("refresh-rs256", ["code", "refresh_token"]);
await client("client-rs256", ["client_credentials"]);
await client("resource", ["client_credentials"]);
await call("POST", "/user/", { username: "anna", name: "Anna Andersen", password: "a-password-of-anna", enabled: true, scope: ["openid", "pid"], email: "anna@example.org" });

cookie = "";
await call("POST", "/auth/", { username: "anna", password: "a-password-of-anna" });
for (const id of ["rs256", "refresh-rs256"]) await call("PUT", `/auth/grant/${id}`, { scope: "openid pid" });
console.log(cookie);
