/** The variables of Azure, Vertex and Ollama, and of where their tokens come from. */

import {
  form,
  header,
  issuer,
  OFF,
  origin,
  path,
  type Seen,
  type Setting,
  type SettingTable,
} from "./setting.ts";

const issueToken = () => ({ access_token: "token-1", expires_in: 3_600 });

const APPLICATION = {
  AZURE_TENANT_ID: "tenant",
  AZURE_CLIENT_ID: "client",
  AZURE_CLIENT_SECRET: "secret",
};

/** What asks for a token needs all three. */
function ofApplication(variable: keyof typeof APPLICATION, look: Setting["look"]): Setting {
  return { value: APPLICATION[variable], look, before: null };
}

const tenant = (seen: Seen) => String(issuer(seen) ?? "").split("/")[3] ?? null;

/** A file of a user's credentials, with this token. */
function userFile(token: string): string {
  return JSON.stringify({
    type: "authorized_user",
    client_id: "client",
    client_secret: "secret",
    refresh_token: token,
  });
}

const METADATA = "/computeMetadata/v1/instance/service-accounts/default/token";

export const CLOUD_SETTINGS: readonly SettingTable[] = [
  {
    provider: "azure",
    env: { AZURE_OPENAI_ENDPOINT: "https://r.openai.azure.com" },
    settings: {
      AZURE_OPENAI_ENDPOINT: { value: "https://other.example", look: origin, before: OFF },
      AZURE_OPENAI_API_KEY: { value: "key-1", look: header("api-key"), before: null },
      AZURE_OPENAI_API_VERSION: {
        value: "2024-10-21",
        look: ({ request }) => `${request?.url.pathname}${request?.url.search}`,
        before: "/openai/v1/chat/completions",
        after: "/openai/deployments/m/chat/completions?api-version=2024-10-21",
      },
      AZURE_OPENAI_FORMATS: {
        value: "responses",
        look: path,
        before: "/openai/v1/chat/completions",
        after: "/openai/v1/responses",
      },
    },
  },
  {
    provider: "azure",
    env: { AZURE_OPENAI_ENDPOINT: "https://r.openai.azure.com", ...APPLICATION },
    issuer: issueToken,
    settings: {
      AZURE_TENANT_ID: ofApplication("AZURE_TENANT_ID", tenant),
      AZURE_CLIENT_ID: ofApplication("AZURE_CLIENT_ID", form("client_id")),
      AZURE_CLIENT_SECRET: ofApplication("AZURE_CLIENT_SECRET", form("client_secret")),
      AZURE_OPENAI_SCOPE: {
        value: "https://scope.example/.default",
        look: form("scope"),
        before: "https://cognitiveservices.azure.com/.default",
      },
      AZURE_AUTHORITY_HOST: {
        value: "https://login.example",
        look: issuer,
        before: "https://login.microsoftonline.com/tenant/oauth2/v2.0/token",
        after: "https://login.example/tenant/oauth2/v2.0/token",
      },
    },
  },
  {
    provider: "vertex",
    env: { VERTEX_PROJECT: "p" },
    issuer: issueToken,
    files: {
      "/user.json": userFile("refresh-of-a-file"),
    },
    settings: {
      VERTEX_PROJECT: {
        value: "other",
        look: path,
        before: OFF,
        after: "/v1/projects/other/locations/global/endpoints/openapi/chat/completions",
      },
      VERTEX_LOCATION: {
        value: "europe-west1",
        look: (seen) => [origin(seen), String(path(seen)).split("/")[5] ?? null],
        before: ["https://aiplatform.googleapis.com", "global"],
        after: ["https://europe-west1-aiplatform.googleapis.com", "europe-west1"],
      },
      VERTEX_BASE_URL: {
        value: "https://proxy.example",
        look: origin,
        before: "https://aiplatform.googleapis.com",
      },
      VERTEX_CREDENTIALS: {
        value: userFile("refresh-of-a-text"),
        env: { GOOGLE_APPLICATION_CREDENTIALS: "/user.json" },
        look: form("refresh_token"),
        before: "refresh-of-a-file",
        after: "refresh-of-a-text",
      },
      GOOGLE_APPLICATION_CREDENTIALS: {
        value: "/user.json",
        look: form("refresh_token"),
        before: null,
        after: "refresh-of-a-file",
      },
      GCE_METADATA_HOST: {
        value: "127.0.0.1:8080",
        look: (seen) => [issuer(seen), header("authorization")(seen)],
        before: [`http://metadata.google.internal${METADATA}`, "Bearer token-1"],
        after: [`http://127.0.0.1:8080${METADATA}`, "Bearer token-1"],
      },
    },
  },
  {
    provider: "ollama",
    env: { OLLAMA_HOST: "box" },
    settings: {
      OLLAMA_HOST: { value: "https://ollama.com", look: origin, before: OFF },
      OLLAMA_API_KEY: {
        value: "key-1",
        look: header("authorization"),
        before: null,
        after: "Bearer key-1",
      },
      OLLAMA_CONTEXT_LENGTH: {
        value: "8192",
        look: ({ body }) => body["options"] ?? null,
        before: null,
        after: { num_ctx: 8192 },
      },
      OLLAMA_KEEP_ALIVE: {
        value: "10m",
        look: ({ body }) => body["keep_alive"] ?? null,
        before: null,
      },
    },
  },
];
