/** Everything that can be done in the console, once, as its user does it. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { type Program, startProgram } from "../../support/program.ts";
import { startBrowser } from "../browser.ts";
import { CLIENT_KEY, ENV, type SignedIn, signIn } from "./signed_in.ts";
import { send } from "./traffic.ts";

/** A picture of one point. */
const DOT = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

interface Scene extends SignedIn {
  readonly weir: Program;
}

function chat(content: string): readonly [path: string, body: unknown] {
  return ["/v1/chat/completions", {
    model: "fake-model",
    stream: true,
    messages: [{ role: "user", content }],
  }];
}

function button(page: Page, name: string | RegExp) {
  return page.getByRole("button", { name, exact: typeof name === "string" });
}

/** In their order: some look at what those before have done. */
const FLOWS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  "a call is seen while it runs, and the timeline can be stopped and scrolled back": async (
    { page, goTo, weir },
  ) => {
    await goTo("Now");
    await page.getByText("live", { exact: true }).waitFor();
    const controller = new AbortController();
    const [path, body] = chat("[stall=2]");
    const running = fetch(weir.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${CLIENT_KEY}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: controller.signal,
    }).then((answer) => answer.text()).catch(() => undefined);
    await page.getByText("1 running.").waitFor();
    controller.abort();
    await running;
    await page.getByText("No call is running.").waitFor();
    await page.getByRole("row").filter({ hasText: "Client left" }).waitFor();
    await button(page, "Stop").click();
    const moment = page.getByRole("slider", { name: "Moment shown" });
    await moment.focus();
    await page.keyboard.press("ArrowLeft");
    await button(page, "Go on").click();
    await moment.waitFor({ state: "detached" });
  },
  "calls are found by outcome, text and page, and open with all that is known": async (
    { page, goTo, weir },
  ) => {
    const sinceThen = weir.fromNow();
    await send(weir, CLIENT_KEY, chat("[503] find me"));
    await sinceThen.printed(/"outcome":"upstream_error"/); // The page is not asked for again.
    await goTo("Calls");
    await page.getByRole("combobox", { name: "Outcome" }).selectOption("upstream_error");
    await page.getByRole("row").filter({ hasText: "Provider error" }).first().waitFor();
    assertMatch(page.url(), /outcome=upstream_error/);
    await page.getByRole("row").nth(1).getByRole("link").click();
    await page.getByRole("heading", { name: "Request as sent" }).waitFor();
    const sent = await page.getByLabel("Request as sent").textContent();
    assertStringIncludes(sent ?? "", "find me");
    await page.getByLabel("Request as forwarded").waitFor();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await button(page, "Copy as curl").click();
    const copied = await page.evaluate<string>("navigator.clipboard.readText()");
    assertMatch(copied, /^curl 'http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions'/);
    assertStringIncludes(copied, "find me");
  },
  "a failure is rehearsed with the fake LLM by its tag": async ({ page }) => {
    await button(page, "Rehearse with the fake LLM").click();
    await page.getByRole("heading", { name: "Playground", level: 1 }).waitFor();
    assertMatch(await page.getByRole("textbox", { name: "Prompt" }).inputValue(), /\[503\]/);
    await button(page, "Send").click();
    await page.getByRole("alert").waitFor();
  },
  "the playground speaks every API, with its events beside the answer": async ({ page, goTo }) => {
    await goTo("Now");
    await goTo("Playground");
    await page.getByRole("combobox", { name: "Model" }).fill("fake-model");
    const api = page.getByRole("combobox", { name: "API" });
    const names = await api.locator("option").allTextContents();
    assertEquals(names.length, 8);
    for (const name of names) {
      await button(page, "Start over").click();
      await api.selectOption({ label: name });
      await page.getByRole("textbox", { name: "Prompt" }).fill("Say hello.");
      await page.keyboard.press("Enter");
      const answer = page.locator(".turn.assistant").filter({ hasText: /took/ });
      await answer.waitFor();
      assertMatch(await answer.textContent() ?? "", /hello world/i, name);
      assertEquals(await answer.getByRole("alert").count(), 0, name);
    }
  },
  "two models, a tool, a picture and a fault are tried at once, as a named key": async (
    { page, goTo, weir },
  ) => {
    await makeKey(page, goTo, "tester");
    await goTo("Playground");
    await page.getByRole("combobox", { name: "Call as" }).selectOption("key:tester");
    await page.getByLabel("Two models side by side").check();
    await page.getByLabel("Offer a tool").check();
    await page.getByRole("combobox", { name: "Model", exact: true }).fill("fake-model");
    await page.getByRole("combobox", { name: "Second model" }).fill("fake-lab/fake-model");
    await page.getByLabel("Picture").setInputFiles({
      name: "dot.png",
      mimeType: "image/png",
      buffer: DOT,
    });
    await page.getByText("Faults that the fake LLM can play").click();
    await button(page, /^\[tool=get_weather/).click();
    await button(page, "Send").click();
    await page.getByText(/Calls get_weather.*Oslo/).nth(1).waitFor();
    await weir.printed(/"principal":"tester"/);
  },
  "a key is made, limited, paused, rotated and withdrawn": async ({ page, goTo, weir }) => {
    const key = await makeKey(page, goTo, "robot");
    const statusOf = async (offered: string): Promise<number> => {
      const answer = await fetch(`${weir.url}/v1/models`, {
        headers: { authorization: `Bearer ${offered}` },
      });
      await answer.body?.cancel();
      return answer.status;
    };
    assertEquals(await statusOf(key), 200);
    const open = () => button(page, "Open robot").click();
    await open();
    await page.getByLabel("Calls a minute", { exact: true }).fill("7");
    await button(page, "Save").click();
    await page.getByRole("row").filter({ hasText: "7 calls/min" }).waitFor();
    await open();
    await button(page, "Pause").click();
    await page.getByRole("row").filter({ hasText: /robot.*paused/ }).waitFor();
    assertEquals(await statusOf(key), 401);
    await open();
    await button(page, "Resume").click();
    await page.getByRole("row").filter({ hasText: /robot.*active/ }).waitFor();
    await open();
    await page.getByRole("combobox", { name: "When rotated" }).selectOption("0");
    await button(page, "Rotate").click();
    const rotated = await page.getByLabel("The key robot").textContent() ?? "";
    assert(rotated !== key);
    await button(page, "Done").click();
    assertEquals([await statusOf(key), await statusOf(rotated)], [401, 200]);
    await open();
    await button(page, "Withdraw").click();
    await button(page, "Withdraw for good").click();
    await page.getByRole("row").filter({ hasText: "robot" }).waitFor({ state: "detached" });
    assertEquals(await statusOf(rotated), 401);
  },
  "a budget and a team are made, changed and removed": async ({ page, goTo }) => {
    await goTo("Keys");
    await button(page, "New team").click();
    await page.getByLabel("Name", { exact: true }).fill("web");
    await page.getByLabel("Budget in dollars").fill("5");
    await button(page, "Make the team").click();
    await page.getByRole("row").filter({ hasText: "$5.00 a month" }).first().waitFor();
    await button(page, "Change web").click();
    await page.getByLabel("Description").fill("The shop");
    await button(page, "Save").click();
    await page.getByRole("row").filter({ hasText: "The shop" }).waitFor();
    await button(page, "New budget").click();
    await page.getByLabel("Budget in dollars").fill("100");
    await page.getByRole("combobox", { name: "Budget period" }).selectOption("day");
    await button(page, "Make the budget").click();
    await page.getByRole("row").filter({ hasText: "$100.00 a day" }).waitFor();
    await button(page, "Change everybody").click();
    await page.getByLabel("Budget in dollars").fill("90");
    await button(page, "Save").click();
    await page.getByRole("row").filter({ hasText: "$90.00 a day" }).waitFor();
    for (const name of ["Change everybody", "Change web"]) {
      await button(page, name).click();
      await button(page, "Remove").click();
      await button(page, "Remove for good").click();
      await button(page, name).waitFor({ state: "detached" });
    }
  },
  "usage is seen by group and measure, and taken along as CSV": async ({ page, goTo }) => {
    await goTo("Usage");
    await page.getByRole("combobox", { name: "Stacked by" }).selectOption("key");
    await page.getByRole("row").filter({ hasText: "default" }).waitFor();
    await button(page, "Calls").click();
    await page.getByRole("img", { name: /^Calls by day and key/ }).waitFor();
    const downloading = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download CSV" }).click();
    const download = await downloading;
    assertEquals(download.suggestedFilename(), "usage.csv");
    assertMatch(await Deno.readTextFile(await download.path()), /^day,key,calls,/);
  },
  "a provider is examined": async ({ page, goTo }) => {
    await goTo("Providers");
    await button(page, "Examine fake").click();
    await page.getByRole("status").getByText("ok", { exact: true }).first().waitFor();
    await page.getByRole("row").filter({ hasText: "fake-lab/fake-model" }).waitFor();
  },
  "a client is connected by a fresh key": async ({ page, goTo, weir }) => {
    await goTo("Connect");
    await page.getByLabel("Name of a fresh key").fill("laptop");
    await button(page, "Make a key").click();
    await page.getByText("The key laptop stands in the text below").waitFor();
    for (const name of ["Codex", "Gemini CLI", "Zed", "curl", "Python", "Java"]) {
      await button(page, name).click();
      const text = await page.getByLabel(`Setting of ${name}`).textContent() ?? "";
      assertStringIncludes(text, weir.url, name);
      assertMatch(text, /weir_[\w-]{43}/, name);
    }
  },
  "a file is checked, the configuration is taken anew, and all of it is in the trail": async (
    { page, goTo },
  ) => {
    await goTo("Configuration");
    await page.getByRole("row").filter({ hasText: "admin.apiKey" }).waitFor();
    await page.getByRole("textbox", { name: "Text of a configuration file" })
      .fill('{ "server": { "port": "x" } }');
    await button(page, "Check").click();
    await page.getByText("server.port").first().waitFor();
    await button(page, "Reload").click();
    await page.getByRole("row").filter({ hasText: "in force" }).first().waitFor();
    await page.reload();
    await page.getByRole("row").filter({ hasText: "key.create" }).first().waitFor();
  },
  "whoever signs out is out": async ({ page }) => {
    await button(page, "Sign out").click();
    await page.getByLabel("Admin key").waitFor();
    await page.reload();
    await page.getByLabel("Admin key").waitFor();
  },
};

/** Resolves with the key as it is shown, this once. */
async function makeKey(page: Page, goTo: SignedIn["goTo"], name: string): Promise<string> {
  await goTo("Keys");
  await button(page, "New key").click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Models").fill("fake-*");
  await button(page, "Make the key").click();
  const key = await page.getByLabel(`The key ${name}`).textContent() ?? "";
  await button(page, "Done").click();
  await page.getByRole("row").filter({ hasText: name }).waitFor();
  return key;
}

Deno.test("the console's flows", async (test) => {
  await using browser = await startBrowser();
  await using weir = await startProgram({ env: ENV });
  const signedIn = await signIn(browser, weir, undefined, {
    viewport: { width: 1280, height: 900 },
    acceptDownloads: true,
  });
  signedIn.page.setDefaultTimeout(20_000);
  for (const [name, run] of Object.entries(FLOWS)) {
    await test.step(name, () => run({ ...signedIn, weir }));
  }
  // What the fake LLM was asked to answer with is a failure of a request, and no other is.
  assertEquals(signedIn.complaints.filter((text) => !/ 50\d | 401 /.test(text)), []);
});
