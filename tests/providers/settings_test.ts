/** Every variable of a provider that shows in what would be sent is obeyed. */

import { assertEquals, assertNotEquals } from "@std/assert";
import { see } from "./settings/setting.ts";
import { SETTING_TABLES } from "./settings/tables.ts";

for (const table of SETTING_TABLES) {
  for (const [variable, setting] of Object.entries(table.settings)) {
    Deno.test(`${variable} is obeyed`, async () => {
      const { value, before, after = value, env } = setting;
      assertNotEquals(after, before);
      const { [variable]: _, ...without } = { ...table.env, ...env };
      assertEquals(await see(table, setting, without), before);
      assertEquals(await see(table, setting, { ...without, [variable]: value }), after);
    });
  }
}
