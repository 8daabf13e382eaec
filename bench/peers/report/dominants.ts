/** What keeps a promise from being kept, by profiles of the program under the load of that work. */

export interface Dominant {
  /** Kinds of work; it is told where a promise of one of them is missed. */
  readonly items: readonly string[];
  readonly text: string;
}

export const DOMINANTS: readonly Dominant[] = [
  {
    items: ["json"],
    text:
      "Chat, 0.5 KB: of such a call the kernel has 29 %, two writes and two reads, the runtime and its collector 27 %, V8's built-in functions " +
      "(promises, maps, texts) 19 %, and Weir's own code 19 %, spread over some 200 functions, none of which has more than 2.3 %. Key, limits, log and " +
      "metrics add a third to a call without them. The more others use the processor's caches, the worse Weir fares beside a smaller " +
      "program: the ratio was 1.33 and 1.71 within ten minutes.",
  },
  {
    items: ["json50k"],
    text:
      "Chat, 50 KB: the text is decoded and parsed, and thrown away at once: 100 KB of strings a call empty the young generation three times " +
      "as often as a short body does.",
  },
  { items: ["healthz"], text: "`/healthz`: six tenths are `write(2)`." },
  {
    items: ["sse", "text", "paced200", "paced1000"],
    text:
      "Streams: a read and a write of the runtime for each event, each a promise; looking for the events takes a third.",
  },
  {
    items: ["paced1000"],
    text:
      "1,000 streams: 50,000 events a second leave a processor 20 µs for each, which is about what nginx takes. What costs more falls behind, and " +
      "what it adds is its queue.",
  },
  {
    items: ["messages-to-chat"],
    text:
      "Messages at a provider of chats: not the translation, but what any call costs; one that is not translated takes as much (chat, Responses). " +
      "ccproxy is compiled from Go, and has no keys, limits, metrics or log of calls.",
  },
  {
    items: ["start"],
    text:
      "Start and memory when idle: a quarter of a start is the runtime's own, an eighth the modules of Node in it, a fifth the making of some " +
      "2,600 schemas of zod's, and the rest is loading the program. What it " +
      "leaves in the young generation, and the program's text, stay resident. Of what is embedded two thirds are read only where they " +
      "are asked for: the letters that the automata of guards know (1.0 MiB), the prices of all models (0.5), clients of Redis and Postgres, YAML " +
      "and the console (0.5).",
  },
];
