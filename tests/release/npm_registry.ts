/** A registry of npm that has what was packed and nothing else. */

export interface NpmRegistry extends AsyncDisposable {
  readonly url: string;
  /** What was asked for, in the order of the requests. */
  readonly asked: readonly string[];
}

interface Packed {
  readonly description: { readonly name: string; readonly version: string };
  readonly archive: Uint8Array<ArrayBuffer>;
  readonly integrity: string;
}

/** @param folder Of packages, each with its archive beside it. */
export async function startNpmRegistry(folder: string): Promise<NpmRegistry> {
  const packages = new Map<string, Packed>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) packages.set(name, await readPacked(folder, name));
  }
  const asked: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ url }) => {
      const { pathname, origin } = new URL(url);
      asked.push(pathname);
      const [, name = "", isArchive] = pathname.split("/");
      const packed = packages.get(name);
      if (packed === undefined) return Response.json({ error: "Not found" }, { status: 404 });
      return isArchive === undefined
        ? Response.json(documentOf(packed, origin))
        : new Response(packed.archive);
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function readPacked(folder: string, name: string): Promise<Packed> {
  const description = JSON.parse(await Deno.readTextFile(`${folder}/${name}/package.json`));
  const archive = await Deno.readFile(`${folder}/${name}-${description.version}.tgz`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", archive));
  return { description, archive, integrity: `sha512-${digest.toBase64()}` };
}

function documentOf({ description, integrity }: Packed, origin: string): object {
  const { name, version } = description;
  const dist = { tarball: `${origin}/${name}/-/${name}-${version}.tgz`, integrity };
  return {
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...description, dist } },
  };
}
