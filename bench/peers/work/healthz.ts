import { chat } from "../apis/chat.ts";
import { runHey } from "../load/hey.ts";
import { honoOnDeno, nodeHttp } from "../servers/health_checks.ts";
import { nginx } from "../servers/nginx.ts";
import { weir } from "../servers/weir.ts";
import { throughputWork } from "./throughput.ts";

const shared = {
  servers: [nginx, weir, honoOnDeno, nodeHttp],
  provider: chat,
  answer: chat.whole.wire,
  path: "/healthz",
  check: (text: string) => JSON.parse(text),
};

export const healthz = throughputWork({
  ...shared,
  name: "healthz",
  title: "`/healthz`, `wrk -c 50`",
});

export const hey = throughputWork({
  ...shared,
  name: "hey",
  title: "`/healthz`, `hey -n 1000 -c 50`",
  note: "Connections are opened anew for every 1,000 calls, and hey costs more than the servers.",
  load: ({ url }) => runHey(url),
});
