// The backup servers on this database; where there is one, as almost everywhere, nobody wants to read its name.
import { useQuery } from "@tanstack/react-query";
import { query } from "../api/client.ts";

export interface Nodes {
  /** All names, when there are several; else none. */
  readonly names: readonly string[];
  readonly isSpread: boolean;
  /** The one that this console belongs to. */
  readonly here: string;
}

export function useNodes(): Nodes {
  const { data } = useQuery({ ...query.site.index.queryOptions(), staleTime: 300_000 });
  const isSpread = data !== undefined && data.nodes.length > 1;
  return { names: isSpread ? data.nodes : [], isSpread, here: data?.node ?? "" };
}
