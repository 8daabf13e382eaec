/** The least that listens, for comparing starts: `PORT` of the environment. */

Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")) }, () => new Response("ok"));
