/** Everything in a request that might be taken for the address of an upstream. None of it is. */

import {
  type BadInput,
  CHAT,
  fields,
  get,
  GOOD_BODY,
  headed,
  passes,
  post,
  refused,
  type Verdict,
} from "./bad_input.ts";
import { type Attack, head } from "./hostile_request.ts";

const badPath = refused(400, "invalid_path");
const unknown = refused(404, "unknown_url");

/** Fields by which other gateways and SDKs are told where to go. */
const FIELDS = [
  "base_url",
  "baseUrl",
  "baseURL",
  "api_base",
  "apiBase",
  "api_url",
  "url",
  "uri",
  "endpoint",
  "host",
  "hostname",
  "origin",
  "target",
  "upstream",
  "proxy",
  "custom_host",
  "customHost",
  "azure_endpoint",
  "aws_bedrock_runtime_endpoint",
  "vertex_project",
  "callback_url",
  "webhook_url",
];

/** Headers by which they are, and by which proxies are. */
const HEADERS = [
  "x-portkey-custom-host",
  "x-portkey-forward-headers",
  "x-portkey-provider",
  "x-portkey-azure-resource-name",
  "x-litellm-api-base",
  "helicone-target-url",
  "helicone-openai-api-base",
  "cf-aig-custom-host",
  "x-base-url",
  "x-api-base",
  "x-upstream",
  "x-target-url",
  "x-proxy-url",
  "x-url",
  "x-original-url",
  "x-rewrite-url",
  "x-original-host",
  "x-host",
  "x-http-host-override",
  "x-forwarded-host",
  "x-forwarded-server",
  "x-forwarded-prefix",
  "x-real-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "destination",
  "location",
  "referer",
  "origin",
];

/** Names of models that are addresses. */
const MODELS: readonly ((attack: Attack) => string)[] = [
  ({ evil }) => `http://${evil}/v1`,
  ({ evil }) => `//${evil}/v1`,
  ({ evil }) => `openai/http://${evil}`,
  ({ evil }) => `openai@${evil}`,
  ({ evil }) => `m@http://${evil}/`,
  ({ evil }) => `m#http://${evil}/`,
  ({ evil }) => `m?base_url=http://${evil}/`,
  ({ evil }) => `..\\..\\${evil}`,
  ({ evil }) => `\\\\${evil}\\share`,
  () => "../../../../etc/passwd",
  () => "..%2f..%2f..%2fetc%2fpasswd",
  () => "file:///etc/passwd",
  () => "gopher://127.0.0.1:6379/_FLUSHALL",
  () => "unix:/var/run/docker.sock",
  () => "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
  () => "http://[fd00:ec2::254]/latest/meta-data/",
  () => "http://metadata.google.internal/computeMetadata/v1/",
  () => "http://100.100.100.200/latest/meta-data/",
  () => "http://2852039166/",
  () => "http://0251.0376.0251.0376/",
  () => "http://[::ffff:a9fe:a9fe]/",
  () => "http://169.254.169.254.nip.io/",
];

/** Parts of a message that name something to fetch; that is the upstream's business. */
const PARTS: readonly (readonly [name: string, part: (url: string) => unknown])[] = [
  ["an image", (url) => ({ type: "image_url", image_url: { url } })],
  ["a file", (url) => ({ type: "file", file: { file_url: url, file_data: url } })],
  ["a sound", (url) => ({ type: "input_audio", input_audio: { url } })],
];

const config = ({ evil }: Attack): string =>
  JSON.stringify({ provider: "openai", custom_host: `http://${evil}/v1`, api_key: "x" });

/** A request line of its own. */
function line(
  name: string,
  method: string,
  target: (attack: Attack) => string,
  verdict: Verdict,
  ...headers: readonly ((attack: Attack) => string)[]
): BadInput {
  return {
    name,
    ...verdict,
    request: (attack) => {
      const isPost = method === "POST";
      const framing = isPost
        ? ["content-type: application/json", `content-length: ${GOOD_BODY.length}`]
        : [];
      const lines = [...framing, ...headers.map((header) => header(attack))];
      return head(method, target(attack), attack.key, lines) + (isPost ? GOOD_BODY : "");
    },
  };
}

const TARGETS: readonly BadInput[] = [
  line(
    "an absolute target",
    "POST",
    ({ evil }) => `http://${evil}${CHAT}`,
    passes,
    ({ evil }) => `host: ${evil}`,
  ),
  line(
    "an absolute target of another host",
    "POST",
    ({ evil }) => `http://${evil}${CHAT}`,
    refused(400, "invalid_host"),
  ),
  line(
    "an absolute target over TLS",
    "POST",
    ({ evil }) => `https://${evil}${CHAT}`,
    passes,
    ({ evil }) => `host: ${evil}`,
  ),
  line(
    "an absolute target with a user",
    "POST",
    ({ evil }) => `http://a@${evil}${CHAT}`,
    refused(400, "invalid_host"),
    ({ evil }) => `host: ${evil}`,
  ),
  line("a target without a scheme", "POST", ({ evil }) => `//${evil}${CHAT}`, unknown),
  line("a target that is a user", "POST", ({ evil }) => `${CHAT}@${evil}/`, unknown),
  line(
    "a target of another scheme",
    "GET",
    ({ evil }) => `ftp://${evil}/x`,
    refused(400, "invalid_host"),
  ),
  line(
    "a target of the service",
    "GET",
    ({ evil }) => `http://${evil}/api/v1/models`,
    passes,
    ({ evil }) => `host: ${evil}`,
  ),
  line("a foreign Host", "POST", () => CHAT, passes, ({ evil }) => `host: ${evil}`),
  line("the metadata service as Host", "POST", () => CHAT, passes, () => "host: 169.254.169.254"),
  line(
    "a Host with a user",
    "POST",
    () => CHAT,
    refused(400, "invalid_host"),
    ({ evil }) => `host: a@${evil}`,
  ),
  line(
    "a Host with a path",
    "POST",
    () => CHAT,
    refused(400, "invalid_host"),
    ({ evil }) => `host: ${evil}/x?`,
  ),
  line(
    "a Host with a space",
    "POST",
    () => CHAT,
    { statuses: [400] },
    ({ evil }) => `host: a ${evil}`,
  ),
  line(
    "two Hosts",
    "POST",
    () => CHAT,
    { statuses: [400] },
    () => "host: weir",
    ({ evil }) => `host: ${evil}`,
  ),
  line("a tunnel", "CONNECT", ({ evil }) => evil, { statuses: [501] }),
  line("a tunnel to the metadata service", "CONNECT", () => "169.254.169.254:80", {
    statuses: [501],
  }),
];

const FORWARDED: readonly BadInput[] = [
  get("a host below the prefix", ({ evil }) => `/api/v1//${evil}/x`, badPath),
  get("a host behind a backslash", ({ evil }) => `/api/v1/\\${evil}/x`, badPath),
  get("a host behind escaped slashes", ({ evil }) => `/api/v1/%2f%2f${evil}/x`, passes),
  get("a whole address below the prefix", ({ evil }) => `/api/v1/http://${evil}/x`, badPath),
  get(
    "an escaped address below the prefix",
    ({ evil }) => `/api/v1/http:%2F%2F${evil}%2Fx`,
    passes,
  ),
  get("a user below the prefix", ({ evil }) => `/api/v1/@${evil}/x`, passes),
  get("a user right behind the prefix", ({ evil }) => `/api/v1@${evil}/x`, unknown),
  get("a port right behind the prefix", () => "/api/v1:80/x", unknown),
  get(
    "an address in the query",
    ({ evil }) => `/api/v1/x?url=http://${evil}/&host=${evil}`,
    passes,
  ),
  get("a fragment in place of a query", ({ evil }) => `/api/v1/x%23@${evil}`, passes),
  get("a way up to another API", () => "/api/v1/..;/..;/latest/meta-data", badPath),
];

export const badAddresses: readonly BadInput[] = [
  ...FIELDS.map((name) =>
    fields(`the field ${name}`, ({ evil }) => ({ [name]: `http://${evil}/v1` }), passes)
  ),
  fields("a provider with its address", ({ evil }) => ({
    provider: { base_url: `http://${evil}`, order: [`http://${evil}`] },
    litellm_params: { api_base: `http://${evil}` },
    config: { targets: [{ custom_host: `http://${evil}` }] },
    fallbacks: [{ model: "m", api_base: `http://${evil}` }],
  }), passes),
  fields("a tool with an address", ({ evil }) => ({
    tools: [{ type: "mcp", server_url: `http://${evil}/`, server_label: "x" }],
    response_format: { type: "json_schema", json_schema: { $ref: `http://${evil}/schema` } },
  }), passes),
  ...PARTS.flatMap(([name, part]) =>
    [
      ({ evil }: Attack) => `http://${evil}/a.png`,
      () => "http://169.254.169.254/",
      () => "file:///etc/passwd",
    ]
      .map((url, at) =>
        fields(`${name} at address ${at + 1}`, (attack) => ({
          messages: [{ role: "user", content: [part(url(attack))] }],
        }), passes)
      )
  ),
  ...MODELS.map((model, at) =>
    fields(`a model at address ${at + 1}`, (attack) => ({ model: model(attack) }), passes)
  ),
  ...HEADERS.map((name) =>
    headed(`the header ${name}`, [({ evil }) => `${name}: http://${evil}/v1`], passes)
  ),
  headed(
    "the header x-portkey-config",
    [(attack) => `x-portkey-config: ${config(attack)}`],
    passes,
  ),
  headed(
    "the header forwarded",
    [({ evil }) => `forwarded: for=127.0.0.1;host=${evil};proto=http`],
    passes,
  ),
  headed("headers that Connection names", [
    ({ evil }) => `x-host: ${evil}`,
    "connection: x-host, host, close",
  ], passes),
  ...TARGETS,
  ...FORWARDED,
  post(
    "an address as a resource of the service",
    "/api/v1/inference?base_url=http://169.254.169.254/",
    GOOD_BODY,
    passes,
  ),
];
