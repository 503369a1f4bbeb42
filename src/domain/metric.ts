// Metrics as Prometheus reads them: numbers with a name and labels, and the text that says them.

/** What stands behind a name. Every value is one that holds now, so all of them are gauges. */
export interface MetricKind {
  readonly help: string;
  /** The only labels that it has; each takes few values: never what a host could make up. */
  readonly labels: readonly string[];
}

/** One value, with a value for each label of its kind, in the same order. */
export interface Sample {
  readonly labels: readonly string[];
  readonly value: number;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n" };

const labelValue = (text: string): string => text.replace(/[\\"\n]/g, (one) => ESCAPES[one] ?? one);
const helpText = (text: string): string => text.replace(/[\\\n]/g, (one) => ESCAPES[one] ?? one);

const numberText = (value: number): string =>
  value === Number.POSITIVE_INFINITY ? "+Inf" : value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);

/** The lines of one metric, in Prometheus' text format 0.0.4; without samples only what it is. */
export function metricText(name: string, { help, labels }: MetricKind, samples: readonly Sample[]): string {
  let text = `# HELP ${name} ${helpText(help)}\n# TYPE ${name} gauge\n`;
  for (const { labels: values, value } of samples) {
    const pairs = labels.map((label, at) => `${label}="${labelValue(values[at] ?? "")}"`).join(",");
    text += `${name}${pairs === "" ? "" : `{${pairs}}`} ${numberText(value)}\n`;
  }
  return text;
}
