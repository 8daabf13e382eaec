/** Text that would be more than text, and people who may see less: nothing runs, leaks or changes. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import { startProgram } from "../../support/program.ts";
import { startBrowser } from "../browser.ts";
import { assertFits, CLIENT_KEY, ENV, READ_KEY, type SignedIn, signIn } from "./signed_in.ts";
import { send } from "./traffic.ts";

/** Markup, letters that turn the line around, controls, and a word without an end. */
const HOSTILE = [
  "<img src=x onerror=\"document.title='owned'\">",
  "<script>document.title='owned'</script>",
  "</script><svg onload=alert(1)>",
  "\u202Egpj.exe\u2066",
  "a\u0000b\u0007c\u001B[31m",
  "&lt;b&gt;${alert(1)}{{7*7}}",
  "W".repeat(1_000_000),
];

function said(content: string, model = "fake-model"): readonly [path: string, body: unknown] {
  return ["/v1/chat/completions", { model, stream: true, messages: [{ role: "user", content }] }];
}

const NARROW = 390;

/** Says each text to a model that says it back. */
async function sayAll(page: Page, goTo: SignedIn["goTo"]): Promise<void> {
  await goTo("Playground");
  await page.getByRole("combobox", { name: "Model" }).fill("fake-model");
  for (const text of HOSTILE) {
    await page.getByRole("button", { name: "Start over" }).click();
    await page.getByRole("textbox", { name: "Prompt" }).fill(`${text} [echo]`);
    await page.getByRole("button", { name: "Send" }).click();
    await page.locator(".turn.assistant").filter({ hasText: /took/ }).waitFor();
    await assertFits(page);
  }
}

Deno.test("hostile text is text, and the layout stays whole", async () => {
  await using browser = await startBrowser();
  await using weir = await startProgram({ env: ENV });
  for (const text of HOSTILE) {
    await send(weir, CLIENT_KEY, said(`${text} [echo]`, text.slice(0, 200)));
    await send(weir, CLIENT_KEY, said(`[reasoning=${text.slice(0, 500).replaceAll("]", "")}]`));
  }
  for (const width of [1280, NARROW]) {
    const { page, complaints, goTo } = await signIn(browser, weir, undefined, {
      viewport: { width, height: 900 },
    });
    await goTo("Calls");
    const rows = page.getByRole("row");
    await rows.nth(HOSTILE.length).waitFor();
    await assertFits(page);
    assertStringIncludes(await page.getByRole("table").textContent() ?? "", "<script>document");
    const links = await page.locator(".row-link").evaluateAll((found) =>
      found.map((link) => (link as unknown as { href: string }).href)
    );
    for (const link of links) {
      await page.goto(link);
      await page.getByRole("heading", { name: "How it went" }).waitFor();
      await assertFits(page);
    }
    if (width === NARROW) await sayAll(page, goTo);
    for (const name of ["Now", "Usage", "Providers"] as const) {
      await goTo(name);
      await assertFits(page);
    }
    assert(!(await page.title()).includes("owned"));
    assertEquals(await page.locator("main img, main script, main svg[onload]").count(), 0);
    assertEquals(complaints, []);
    await page.context().close();
  }
});

Deno.test("who may only look is shown everything and offered nothing", async () => {
  await using browser = await startBrowser();
  await using weir = await startProgram({ env: ENV });
  await send(weir, CLIENT_KEY, said("hi"));
  const { page, complaints, goTo } = await signIn(browser, weir, READ_KEY);
  await page.getByText("may only look").waitFor();
  await goTo("Keys");
  for (const name of ["New key", "New budget", "New team"]) {
    assert(await page.getByRole("button", { name }).isDisabled(), name);
  }
  await goTo("Providers");
  assert(await page.getByRole("button", { name: "Examine fake" }).isDisabled());
  await goTo("Configuration");
  assert(await page.getByRole("button", { name: "Reload" }).isDisabled());
  await goTo("Playground");
  assertEquals(await page.getByRole("combobox", { name: "Call as" }).inputValue(), "own");
  await goTo("Calls");
  await page.getByRole("row").nth(1).getByRole("link").click();
  await page.getByRole("heading", { name: "How it went" }).waitFor();
  assertEquals(complaints, []);
});

Deno.test("another origin, a guessed call and a session that is over come to nothing", async () => {
  await using browser = await startBrowser();
  await using weir = await startProgram({ env: ENV });
  const { page } = await signIn(browser, weir);
  await page.goto(`${weir.url}/console#/calls/guessed`);
  await page.getByRole("alert").waitFor();
  const [cookie] = await page.context().cookies();
  assert(cookie?.httpOnly && cookie.sameSite === "Strict");

  // The same browser, with the cookie, on a page of another origin that is of the same site.
  const other = await page.context().newPage();
  await other.goto(browser.otherOrigin);
  const tried = await other.evaluate(async (address) => {
    const ask = (path: string, init: RequestInit) =>
      fetch(`${address}/admin/v1/${path}`, { credentials: "include", ...init })
        .then((answer) => answer.status, () => "refused");
    const json = { "content-type": "application/json" };
    return await Promise.all([
      ask("calls", {}),
      ask("keys", { method: "POST", headers: json, body: '{"name":"stolen"}' }),
      ask("keys", { method: "POST", mode: "no-cors", body: '{"name":"stolen"}' }),
      ask("session", { method: "DELETE" }),
    ]);
  }, weir.url);
  assertEquals(tried.filter((result) => result === 200 || result === 201), []);
  await other.setContent(`<iframe src="${weir.url}/console"></iframe>`);
  assertEquals(await other.frameLocator("iframe").locator("#root").count(), 0);
  await other.close();

  await page.goto(`${weir.url}/console#/keys`);
  await page.getByText("No key yet").waitFor();
  const forged = { ...cookie, value: cookie.value.replace(/\.\d+\./, ".99999999999.") };
  await page.context().clearCookies();
  await page.context().addCookies([forged]);
  await page.getByRole("link", { name: "Usage" }).click();
  await page.getByText("The session is over").waitFor();
  assertEquals(await page.getByRole("link", { name: "Keys" }).count(), 0);
});

Deno.test("without an admin key this machine may look, and nobody else", async () => {
  await using browser = await startBrowser();
  await using weir = await startProgram();
  const page = await browser.visit(`${weir.url}/`);
  await page.getByRole("heading", { name: "Now" }).waitFor();
  await page.getByText("This machine").waitFor();
  const proxied = await browser.visit("about:blank", {
    extraHTTPHeaders: { "x-forwarded-for": "203.0.113.7" },
  });
  await proxied.goto(`${weir.url}/console`);
  await proxied.getByText("Without ADMIN_API_KEY the admin API answers this machine alone")
    .waitFor();
});
