// Which addresses are of this server's own network, where no message goes unless its channel may.
import { lookup } from "node:dns/promises";
import { BlockList, isIP, isIPv4 } from "node:net";
import { networkInterfaces } from "node:os";

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** What a name stands for. */
export type Resolve = (name: string) => Promise<readonly Address[]>;

export const resolveName: Resolve = async (name) =>
  (await lookup(name, { all: true })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }));

/** Everything that is not out there. Source: the IANA registries of special-purpose addresses. */
const NOT_PUBLIC_4 = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"],
  ...["198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
];
/** Within 2000::/3; all the rest is refused anyhow. 2002::/16 and 2001::/32 hold addresses of version 4. */
const NOT_PUBLIC_6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const listOf = (subnets: readonly string[], family: "ipv4" | "ipv6"): BlockList => {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = "", bits] = subnet.split("/");
    list.addSubnet(address, Number(bits), family);
  }
  return list;
};
const notPublic4 = listOf(NOT_PUBLIC_4, "ipv4");
const notPublic6 = listOf(NOT_PUBLIC_6, "ipv6");
const global6 = listOf(["2000::/3"], "ipv6");
/** Where IPv6 alone is spoken, the rest of the world is reached by it. */
const nat64 = listOf(["64:ff9b::/96"], "ipv6");

/** Loopback, private, link-local, shared, multicast, reserved; and every network that this server itself is in. */
export function isOwnNetwork(address: string): boolean {
  const plain = address.replace(/%.*$/, "");
  if (isIPv4(plain)) return notPublic4.check(plain, "ipv4") || ownNetworks("IPv4").check(plain, "ipv4");
  if (isIP(plain) === 0) return true;
  if (nat64.check(plain, "ipv6")) return isOwnNetwork(lastFour(plain));
  return (
    !global6.check(plain, "ipv6") ||
    notPublic6.check(plain, "ipv6") ||
    ownNetworks("IPv6").check(plain, "ipv6")
  );
}

function ownNetworks(family: "IPv4" | "IPv6"): BlockList {
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const subnets = own.flatMap((one) => (one.family === family && one.cidr !== null ? [one.cidr] : []));
  return listOf(subnets, family === "IPv4" ? "ipv4" : "ipv6");
}

/** The address of version 4 at the end of one of version 6. */
function lastFour(address: string): string {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [high = "0", low = "0"] = canonical.split(":").slice(-2);
  const number = (Number.parseInt(high || "0", 16) << 16) | Number.parseInt(low || "0", 16);
  return [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join(".");
}
