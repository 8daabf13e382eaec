/** Proxies of Debian's in front of a server, told to pass on as much as they can be told to. */

import { fileURLToPath } from "node:url";
import { type WorkingDirectory, workingDirectory } from "../support/working_directory.ts";

/** Says which request the front has read; what it did not read cannot have it. */
export const FRONT_HEADER = "x-front";

export interface Front extends AsyncDisposable {
  readonly port: number;
}

interface FrontKind {
  readonly program: string;
  readonly args: (directory: string) => readonly string[];
  readonly config: (port: number, serverPort: number, directory: string) => string;
}

const NGINX: FrontKind = {
  program: "nginx",
  args: (directory) => ["-p", directory, "-c", `${directory}/front.conf`, "-e", "stderr"],
  config: (port, serverPort, directory) => `
daemon off;
master_process off;
pid ${directory}/front.pid;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  client_header_timeout 1s;
  client_body_timeout 1s;
  large_client_header_buffers 8 64k;
  ignore_invalid_headers off;
  underscores_in_headers on;
  merge_slashes off;
  upstream server { server 127.0.0.1:${serverPort}; keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://server;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_set_header ${FRONT_HEADER} "$request_method $request_uri";
    }
  }
}
`,
};

const HAPROXY: FrontKind = {
  program: "haproxy",
  args: (directory) => ["-db", "-f", `${directory}/front.conf`],
  config: (port, serverPort) => `
global
  tune.bufsize 65536
  tune.maxrewrite 1024
  tune.http.maxhdr 512
defaults
  mode http
  option accept-invalid-http-request
  timeout http-request 1s
  timeout client 1s
  timeout server 5s
  timeout connect 5s
  retries 0
frontend front
  bind 127.0.0.1:${port}
  http-request set-header ${FRONT_HEADER} "%[method] %[url]"
  default_backend server
backend server
  http-reuse always
  server server 127.0.0.1:${serverPort}
`,
};

export const FRONTS: Readonly<Record<string, FrontKind>> = { nginx: NGINX, HAProxy: HAPROXY };

/** Starts one in front of the server at that port; it is there once this resolves. */
export async function startFront(kind: FrontKind, serverPort: number): Promise<Front> {
  const directory = await workingDirectory({});
  const port = freePort();
  const config = kind.config(port, serverPort, directory.path);
  await Deno.writeTextFile(`${directory.path}/front.conf`, config);
  const child = new Deno.Command(kind.program, {
    args: [...kind.args(directory.path)],
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  if (!(await isListening(port))) {
    await end(child, directory);
    throw new Error(`${kind.program} does not listen: ${await errors}`);
  }
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      await end(child, directory);
      await errors;
    },
  };
}

async function end(child: Deno.ChildProcess, directory: WorkingDirectory): Promise<void> {
  try {
    child.kill("SIGKILL");
  } catch {
    // It has ended by itself.
  }
  await child.status;
  await directory[Symbol.asyncDispose]();
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Asks until somebody answers, for ten seconds. */
async function isListening(port: number): Promise<boolean> {
  const endMs = performance.now() + 10_000;
  while (performance.now() < endMs) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return true;
    } catch {
      await new Promise<void>((resolve) => setTimeout(resolve, 10));
    }
  }
  return false;
}
