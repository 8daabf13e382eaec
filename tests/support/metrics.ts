/** Reads `/metrics` as Prometheus does, as far as the tests need it. */

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

export interface MetricsPage {
  readonly text: string;
  readonly samples: readonly Sample[];
  /** Sum of a metric's samples that have these labels, whatever others they have. */
  sum(name: string, labels?: Labels): number;
}

/** @param url Where they are, without the path. */
export async function readMetrics(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<MetricsPage> {
  const response = await fetch(`${url}/metrics`, { headers });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}: ${text}`);
  return parseMetrics(text);
}

/** Throws for a line that is none of the text format. */
export function parseMetrics(text: string): MetricsPage {
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    .map(parseSample);
  return {
    text,
    samples,
    sum: (name, labels = {}) =>
      samples.filter((sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
      ).reduce((sum, { value }) => sum + value, 0),
  };
}

function parseSample(line: string): Sample {
  const [, name, list = "", value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`No sample: ${line}`);
  const labels = [...list.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/gs)]
    .map(([, label = "", text = ""]) => [label, text]);
  return { name, labels: Object.fromEntries(labels), value: Number(value) };
}
