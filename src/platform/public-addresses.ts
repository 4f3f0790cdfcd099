import { BlockList, isIP } from "node:net";

/** A range of addresses: `10.0.0.0/8`, `::1/128`. */
export interface AddressRange {
  address: string;
  prefix: number;
}

/**
 * IPv4 that is not the public internet: the special-purpose registry of the IANA (RFC 6890), all of
 * multicast (RFC 5771), what is reserved, and the relays of 6to4 (RFC 7526).
 */
const SPECIAL_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];

/**
 * The only part of IPv6 that is given out (RFC 4291). Everything that hides an IPv4 address outside of
 * it (mapped, compatible, translated, NAT64), local and multicast addresses are left out by this alone.
 */
const GLOBAL_UNICAST = ["2000::/3"];

/** What is special within it: Teredo, ORCHID and their like, documentation, 6to4, AS112, SRv6. */
const SPECIAL_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"];

/**
 * Where clouds tell a machine its own credentials. Refused whatever a setting allows; the one of Azure
 * looks public.
 */
const METADATA = [
  "169.254.169.254/32",
  "169.254.170.0/24",
  "168.63.129.16/32",
  "100.100.100.200/32",
  "192.0.0.192/32",
  "fd00:ec2::254/128",
  "fd20:ce::254/128",
];

const special = listOf(...SPECIAL_IPV4, ...SPECIAL_IPV6);
const globalUnicast = listOf(...GLOBAL_UNICAST);
const metadata = listOf(...METADATA);

/**
 * Whether an address, as the resolver wrote it, may be reached for somebody else: it is on the public
 * internet, or in a range that the operator allows, and never where a cloud keeps its secrets. What is
 * no address is none of them.
 */
export function isReachable(address: string, allowed: BlockList): boolean {
  const family = isIP(address);
  // A zone (fe80::1%eth0) chooses one of our own networks.
  if (family === 0 || address.includes("%")) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  if (metadata.check(address, type)) return false;
  if (allowed.check(address, type)) return true;
  if (special.check(address, type)) return false;
  return family === 4 || globalUnicast.check(address, type);
}

export function rangeList(ranges: readonly AddressRange[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix } of ranges) {
    list.addSubnet(address, prefix, isIP(address) === 4 ? "ipv4" : "ipv6");
  }
  return list;
}

function listOf(...ranges: readonly string[]): BlockList {
  return rangeList(
    ranges.map((range) => {
      const [address = "", prefix = ""] = range.split("/");
      return { address, prefix: Number(prefix) };
    }),
  );
}
