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
 * Where clouds tell a machine its own credentials, and where every machine of theirs finds their DNS and
 * time. Refused whatever a setting allows; the one of Azure looks public.
 */
const CLOUD = [
  "169.254.169.254/32",
  "169.254.170.0/24",
  // Tencent.
  "169.254.0.23/32",
  // DNS and time of AWS.
  "169.254.169.253/32",
  "169.254.169.123/32",
  "168.63.129.16/32",
  "100.100.100.200/32",
  "192.0.0.192/32",
  "fd00:ec2::254/128",
  "fd00:ec2::253/128",
  "fd00:ec2::123/128",
  "fd20:ce::254/128",
];

/**
 * Which bytes of an IPv6 address can be an IPv4 address that a router or translator sends to instead. They
 * are looked at in every address, for a network may translate under any prefix of its own, and one that
 * holds those of `CLOUD` by chance is one in millions.
 */
const IPV4_BYTES: readonly (readonly [number, number, number, number])[] = [
  // 6to4 (RFC 3056).
  [2, 3, 4, 5],
  // NAT64 (RFC 6052 2.2) with prefixes of 32 to 64 bits, which leave out byte 8; the first is a Teredo server, too.
  [4, 5, 6, 7],
  [5, 6, 7, 9],
  [6, 7, 9, 10],
  [7, 9, 10, 11],
  [9, 10, 11, 12],
  // NAT64 with 96 bits, ISATAP (RFC 5214), mapped, compatible and translated addresses.
  [12, 13, 14, 15],
];

const special = listOf(...SPECIAL_IPV4, ...SPECIAL_IPV6);
const globalUnicast = listOf(...GLOBAL_UNICAST);
const cloud = listOf(...CLOUD);

/**
 * Whether an address, as the resolver wrote it, may be reached for somebody else: it is on the public
 * internet, or in a range that the operator allows, and never where a cloud keeps its secrets, also not
 * where IPv6 carries that address. What is no address is none of them.
 */
export function isReachable(address: string, allowed: BlockList): boolean {
  const family = isIP(address);
  // A zone (fe80::1%eth0) chooses one of our own networks.
  if (family === 0 || address.includes("%")) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  if (cloud.check(address, type)) return false;
  if (family === 6 && hiddenIn(address).some((hidden) => cloud.check(hidden, "ipv4"))) return false;
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

/** Every IPv4 address that an IPv6 address can carry. */
function hiddenIn(address: string): string[] {
  const bytes = bytesOf(address);
  const plain = IPV4_BYTES.map((places) => places.map((place) => bytes[place]!).join("."));
  // A client of Teredo, whose address is written with every bit turned over (RFC 4380 4).
  const client = bytes.slice(12).map((byte) => byte ^ 0xff);
  return [...plain, client.join(".")];
}

/** The 16 bytes of an IPv6 address without a zone. */
function bytesOf(address: string): number[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts: string[]) => {
    const [a, b, c, d] = parts.slice(0, 4).map(Number);
    return `${(a! * 256 + b!).toString(16)}:${(c! * 256 + d!).toString(16)}`;
  });
  const [before = [], after = []] = hex.split("::").map((half) => half.split(":").filter(Boolean));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff]);
}

function listOf(...ranges: readonly string[]): BlockList {
  return rangeList(
    ranges.map((range) => {
      const [address = "", prefix = ""] = range.split("/");
      return { address, prefix: Number(prefix) };
    }),
  );
}
