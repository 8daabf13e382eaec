/** nginx and Caddy in front of the program, with the files of the examples, but for ports, names and certificates. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { startProgram } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";
import {
  authorityCertificate,
  certificateKey,
  goodCertificate,
} from "../transport/certificates.ts";
import { runTool } from "./run_tool.ts";

const EXAMPLES = new URL("../../examples/", import.meta.url);

interface Front {
  readonly program: string;
  /** What checks the files of a folder, and what runs them. */
  readonly check: (folder: string) => readonly string[];
  readonly run: (folder: string) => readonly string[];
  readonly files: (
    ports: { readonly front: number; readonly weir: number },
    folder: string,
  ) => Promise<Readonly<Record<string, string>>>;
}

const nginxArgs = (folder: string) => ["-p", folder, "-c", `${folder}/nginx.conf`, "-e", "stderr"];

const FRONTS: Readonly<Record<string, Front>> = {
  nginx: {
    program: "nginx",
    check: (folder) => ["-t", ...nginxArgs(folder)],
    run: nginxArgs,
    files: async ({ front, weir }, folder) => ({
      "weir.conf": (await Deno.readTextFile(new URL("nginx/weir.conf", EXAMPLES)))
        .replace("listen 443 ssl http2", `listen 127.0.0.1:${front} ssl http2`)
        .replace("server 127.0.0.1:3000", `server 127.0.0.1:${weir}`)
        .replaceAll("/etc/nginx/tls/", `${folder}/`),
      "nginx.conf": `daemon off;
master_process off;
pid ${folder}/nginx.pid;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  include weir.conf;
}
`,
    }),
  },
  Caddy: {
    program: "caddy",
    check: (folder) => ["validate", "--config", `${folder}/Caddyfile`],
    run: (folder) => ["run", "--config", `${folder}/Caddyfile`],
    files: async ({ front, weir }, folder) => ({
      Caddyfile: `{
	admin off
	auto_https disable_redirects
	storage file_system ${folder}/caddy
}

` + (await Deno.readTextFile(new URL("caddy/Caddyfile", EXAMPLES)))
        .replace(
          "llm.example.com {",
          `https://localhost:${front} {\n\ttls weir.pem weir.key\n\tbind 127.0.0.1`,
        )
        .replaceAll("weir.pem weir.key", `${folder}/weir.pem ${folder}/weir.key`)
        .replace("127.0.0.1:3000", `127.0.0.1:${weir}`),
    }),
  },
};

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Resolves when something listens on the port. */
async function listens(port: number, front: Deno.ChildProcess): Promise<void> {
  let hasEnded = false;
  front.status.then(() => hasEnded = true);
  while (!hasEnded) {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => undefined);
    connection?.close();
    if (connection !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("It ended before it listened");
}

for (const [name, { program, check, run, files }] of Object.entries(FRONTS)) {
  Deno.test(`through ${name} a stream comes piece by piece over TLS, and a WebSocket is one`, async () => {
    await using weir = await startProgram({ env: { TRUST_PROXY: "1" } });
    const ports = { front: freePort(), weir: Number(new URL(weir.url).port) };
    await using place = await workingDirectory({
      "weir.pem": goodCertificate,
      "weir.key": certificateKey,
    });
    for (const [path, text] of Object.entries(await files(ports, place.path))) {
      await Deno.writeTextFile(`${place.path}/${path}`, text);
    }
    const env = { HOME: place.path };
    const report = await runTool(program, check(place.path), { env });
    assert(report.isContent, report.text);
    await using front = new Deno.Command(program, {
      args: [...run(place.path)],
      env,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await listens(ports.front, front);

    using client = Deno.createHttpClient({ caCerts: [authorityCertificate] });
    const url = `https://localhost:${ports.front}`;
    const answer = await fetch(`${url}/v1/chat/completions`, {
      client,
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.9" },
      // It falls silent in the middle: what is read has waited for no more.
      body: JSON.stringify({
        model: "m",
        stream: true,
        messages: [{ role: "user", content: "[stall=3]" }],
      }),
    });
    assertEquals(answer.status, 200);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("hello")) text += (await reader.read()).value ?? "";
    await reader.cancel();
    await weir.printed(/"outcome":"client_gone"/);

    const metrics = await fetch(`${url}/metrics`, { client });
    assertEquals([metrics.status, await metrics.body?.cancel()], [404, undefined]);
    await opensWebSocket(ports.front);
    await weir.printed(/"message":"websocket"/);
    front.kill("SIGTERM");
    await front.status;
  });
}

/** By hand, since the runtime's own sockets trust no certificate of a test. */
async function opensWebSocket(port: number): Promise<void> {
  using connection = await Deno.connectTls({
    hostname: "localhost",
    port,
    caCerts: [authorityCertificate],
    alpnProtocols: ["http/1.1"],
  });
  const head = [
    "GET /ws HTTP/1.1",
    `Host: localhost:${port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "",
    "",
  ].join("\r\n");
  await connection.write(new TextEncoder().encode(head));
  const buffer = new Uint8Array(4_096);
  const read = await connection.read(buffer) ?? 0;
  assertMatch(new TextDecoder().decode(buffer.subarray(0, read)), /^HTTP\/1\.1 101 /);
}
