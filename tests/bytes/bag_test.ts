/** Items in a bag, beside a set that does the same. */

import { assertEquals } from "@std/assert";
import { Bag, type BagItem, OUTSIDE } from "../../src/bytes/bag.ts";

interface Named extends BagItem {
  readonly name: number;
}

const namesOf = (items: Iterable<Named>) => [...items].map(({ name }) => name).toSorted();

Deno.test("a bag holds what a set would, whatever is put in and taken out", () => {
  const bag = new Bag<Named>();
  const set = new Set<Named>();
  const items = Array.from({ length: 20 }, (_, name): Named => ({ name, place: OUTSIDE }));
  let state = 1;
  for (let step = 0; step < 2_000; step++) {
    state = (state * 48_271) % 2_147_483_647;
    const item = items[state % items.length]!;
    const isAdded = state % 3 > 0;
    if (isAdded && !set.has(item)) {
      bag.add(item);
      set.add(item);
    } else if (!isAdded) {
      bag.delete(item);
      set.delete(item);
    }
    assertEquals([bag.size, namesOf(bag.toArray())], [set.size, namesOf(set)]);
  }
});

Deno.test("what is taken out twice, or of a bag it is not in, takes nothing else out", () => {
  const [first, second] = [new Bag<Named>(), new Bag<Named>()];
  const [one, other]: Named[] = [{ name: 1, place: OUTSIDE }, { name: 2, place: OUTSIDE }];
  first.add(one!);
  second.add(other!);
  first.delete(other!);
  second.delete(one!);
  assertEquals([first.toArray(), second.toArray()], [[one], [other]]);
  first.delete(one!);
  first.add({ name: 3, place: OUTSIDE });
  first.delete(one!);
  assertEquals(first.size, 1);
});
