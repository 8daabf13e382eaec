/** A minimal proxy on Deno: `fetch_proxy.ts PORT ORIGIN`. */

const [port, origin] = Deno.args;

Deno.serve({ hostname: "127.0.0.1", port: Number(port) }, async (request) => {
  const { method, headers } = request;
  const path = request.url.slice(request.url.indexOf("/", "http://".length));
  const response = await fetch(`${origin}${path}`, {
    method,
    headers,
    body: await request.bytes(),
    redirect: "manual",
  });
  return new Response(response.body, { status: response.status, headers: response.headers });
});
