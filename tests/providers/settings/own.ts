/** The variables of an upstream of the operator's own. */

import {
  header,
  type Look,
  origin,
  path,
  REFUSED,
  type Setting,
  type SettingTable,
} from "./setting.ts";

const CERTIFICATE = pem("CERTIFICATE", "AAAA");
const KEY = pem("PRIVATE KEY", "BBBB");
const CA_FILE = "/etc/ca.pem";

function pem(kind: string, text: string): string {
  return `-----BEGIN ${kind}-----\n${text}\n-----END ${kind}-----`;
}

/** How its server is reached. */
const connection: Look = ({ request }) => {
  const { clientCertificate, caCerts, ...rest } = request?.connection ?? {};
  return {
    ...rest,
    ...(caCerts !== undefined && { caCerts: [...caCerts] }),
    ...(clientCertificate !== undefined && { clientCertificate: { ...clientCertificate } }),
  } as ReturnType<Look>;
};

/** A number that its connection has. */
function ofConnection(name: string): Setting {
  return { value: "7", look: connection, before: {}, after: { [name]: 7 } };
}

function ofRelay(name: "firstContentTimeoutMs" | "idleTimeoutMs"): Setting {
  return {
    value: "7",
    look: ({ provider }) => provider.relayTimes?.[name] ?? null,
    before: null,
    after: 7,
  };
}

export const OWN_SETTINGS: readonly SettingTable[] = [
  {
    provider: "local",
    env: { UPSTREAM_LOCAL_BASE_URL: "http://own.example" },
    files: { [CA_FILE]: `${CERTIFICATE}\n` },
    settings: {
      UPSTREAM_LOCAL_API_PATH: {
        value: "/v4",
        look: path,
        before: "/v1/chat/completions",
        after: "/v4/chat/completions",
      },
      UPSTREAM_LOCAL_API_KEYS: {
        value: "key-1,key-2",
        look: header("authorization"),
        before: null,
        after: "Bearer key-2",
      },
      UPSTREAM_LOCAL_AUTH: {
        value: "header:X-Key",
        env: { UPSTREAM_LOCAL_API_KEY: "key-1" },
        look: (seen) => [header("authorization")(seen), header("x-key")(seen)],
        before: ["Bearer key-1", null],
        after: [null, "key-1"],
      },
      UPSTREAM_LOCAL_HEADERS: {
        value: "X-Team=red",
        look: header("x-team"),
        before: null,
        after: "red",
      },
      UPSTREAM_LOCAL_QUERY: {
        value: "tenant=t",
        look: ({ request }) => request?.url.search ?? null,
        before: "",
        after: "?tenant=t",
      },
      UPSTREAM_LOCAL_FORMATS: {
        value: "responses",
        look: path,
        before: "/v1/chat/completions",
        after: "/v1/responses",
      },
      UPSTREAM_LOCAL_DROP: {
        value: "seed",
        look: ({ body }) => body,
        before: { model: "m", seed: 7 },
        after: { model: "m" },
      },
      UPSTREAM_LOCAL_RENAME: {
        value: "seed=random_seed",
        look: ({ body }) => body,
        before: { model: "m", seed: 7 },
        after: { model: "m", random_seed: 7 },
      },
      UPSTREAM_LOCAL_DEFAULTS: {
        value: '{"temperature":0}',
        look: ({ body }) => body,
        before: { model: "m", seed: 7 },
        after: { model: "m", seed: 7, temperature: 0 },
      },
      UPSTREAM_LOCAL_MAX_CONNECTIONS: ofConnection("maxConnections"),
      UPSTREAM_LOCAL_MAX_RETRIES: {
        value: "7",
        look: ({ provider }) => provider.maxRetries ?? null,
        before: null,
        after: 7,
      },
      UPSTREAM_LOCAL_CONNECT_TIMEOUT_MS: ofConnection("connectTimeoutMs"),
      UPSTREAM_LOCAL_HEADERS_TIMEOUT_MS: ofConnection("headersTimeoutMs"),
      UPSTREAM_LOCAL_FIRST_CONTENT_TIMEOUT_MS: ofRelay("firstContentTimeoutMs"),
      UPSTREAM_LOCAL_IDLE_TIMEOUT_MS: ofRelay("idleTimeoutMs"),
      UPSTREAM_LOCAL_CA_CERTS: {
        value: `file:${CA_FILE}, ${CERTIFICATE}`,
        look: connection,
        before: {},
        after: { caCerts: [CERTIFICATE, CERTIFICATE] },
      },
      UPSTREAM_LOCAL_CLIENT_CERTIFICATE: {
        value: CERTIFICATE,
        env: { UPSTREAM_LOCAL_CLIENT_KEY: KEY },
        look: connection,
        before: REFUSED,
        after: { clientCertificate: { certificate: CERTIFICATE, key: KEY } },
      },
      UPSTREAM_LOCAL_CLIENT_KEY: {
        value: KEY,
        env: { UPSTREAM_LOCAL_CLIENT_CERTIFICATE: CERTIFICATE },
        look: connection,
        before: REFUSED,
        after: { clientCertificate: { certificate: CERTIFICATE, key: KEY } },
      },
      UPSTREAM_LOCAL_UNIX_SOCKET: {
        value: "/run/weir/model.sock",
        look: (seen) => [origin(seen), connection(seen)],
        before: ["http://own.example", {}],
        after: ["http://own.example", { unixSocket: "/run/weir/model.sock" }],
      },
    },
  },
];
