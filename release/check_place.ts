/** Refuses to make a release of another version, or for another owner, than deno.json says. */

import { REPOSITORY, VERSION } from "./targets.ts";

// deno-lint-ignore require-await -- As the other steps, which take their time.
export async function checkPlace(): Promise<void> {
  const place = `${Deno.env.get("GITHUB_SERVER_URL")}/${Deno.env.get("GITHUB_REPOSITORY")}`;
  if (place !== REPOSITORY) {
    throw new Error(`This is ${place}; write that as "repository" into deno.json`);
  }
  const tag = Deno.env.get("GITHUB_REF_NAME");
  if (tag !== `v${VERSION}`) throw new Error(`The tag is ${tag}, the version ${VERSION}`);
}
