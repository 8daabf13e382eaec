import { freePort, listening, SERVER_CORE, startPinned } from "../pinned_process.ts";
import { WORK_FOLDER, writeWorkFile } from "../work_folder.ts";
import type { ServerKind } from "./server.ts";

export const nginx: ServerKind = {
  name: "nginx",
  what: "one worker, connections kept alive on both sides, `proxy_buffering off`, no access log",
  async start(providerPort) {
    const port = freePort();
    const folder = `${WORK_FOLDER}/nginx`;
    const config = await writeWorkFile(`nginx/${port}.conf`, configFor(port, providerPort, folder));
    const process = startPinned({
      command: ["nginx", "-p", folder, "-c", config, "-e", `${folder}/error.log`],
      core: SERVER_CORE,
      outputPath: `${folder}/output.log`,
    });
    await listening(port);
    return { name: "nginx", port, headers: [], process };
  },
};

function configFor(port: number, providerPort: number, folder: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${folder}/temp_${name};`).join("\n");
  return `daemon off;
worker_processes 1;
worker_rlimit_nofile 65536;
pid ${folder}/${port}.pid;
events { worker_connections 16384; }
http {
${temporary}
  access_log off;
  keepalive_requests 1000000000;
  client_max_body_size 64m;
  client_body_buffer_size 128k;
  upstream llm {
    server 127.0.0.1:${providerPort};
    keepalive 2048;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /healthz { return 200 '{"ok":true}'; }
    location / {
      proxy_pass http://llm;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`;
}
