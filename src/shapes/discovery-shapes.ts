// What a look at the disk found.
import type { Discovery } from "../actions/discover-snapshots.ts";
import type { DiscoveryJson } from "../contract/types.ts";
import type { DiscoverResult } from "../domain/discovery.ts";

export function discoveryJson({ hosts, refused }: Discovery): DiscoveryJson {
  const results = hosts.map(({ result }) => result);
  const sum = (of: (result: DiscoverResult) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    found: sum(({ found }) => found),
    recorded: results.flatMap(({ recorded }) => recorded),
    known: sum(({ known }) => known),
    missing: results.flatMap(({ missing }) => missing),
    returned: results.flatMap(({ returned }) => returned),
    refused: [...refused, ...results.flatMap((result) => result.refused)],
    hosts: hosts.map(({ host, run, rebuilt, result, problem }) => ({
      ...{ host, run: run?.id ?? null },
      ...{ ...result, recorded: [...result.recorded], missing: [...result.missing] },
      ...{ returned: [...result.returned], refused: [...result.refused] },
      rebuilt: rebuilt === null ? null : { from: rebuilt.from, configured: rebuilt.configuration !== null },
      problem,
    })),
  };
}
