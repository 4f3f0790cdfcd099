import { expect, test } from "vitest";
import { createAddressGuard } from "../../../src/platform/address-guard.ts";
import { isReachable, rangeList } from "../../../src/platform/public-addresses.ts";

const nothing = rangeList([]);
const loopback = [
  { address: "127.0.0.0", prefix: 8 },
  { address: "::1", prefix: 128 },
];

test.each([
  ["this network", "0.0.0.0", "0.1.2.3"],
  ["private", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fdff::1"],
  ["carrier-grade NAT", "100.64.0.1", "100.127.255.255"],
  ["loopback", "127.0.0.1", "127.255.255.254", "::1"],
  ["unspecified", "::"],
  ["link-local", "169.254.0.1", "fe80::1", "febf::1", "fe80::1%eth0", "fe80::1%1"],
  ["site-local, which is no more", "fec0::1"],
  ["protocol assignments", "192.0.0.1", "192.0.0.170"],
  ["documentation", "192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
  ["benchmarking", "198.18.0.1", "198.19.255.255", "2001:2::1"],
  ["multicast", "224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"],
  ["reserved and broadcast", "240.0.0.1", "255.255.255.255", "4000::1", "5f00::1", "100::1"],
  ["IPv4-mapped", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:7f00:1", "0:0:0:0:0:ffff:a00:1"],
  ["IPv4-compatible and translated", "::127.0.0.1", "::8.8.8.8", "::ffff:0:127.0.0.1"],
  ["6to4", "2002:7f00:1::", "2002:a00:1::1", "192.88.99.1"],
  ["Teredo and ORCHID", "2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:20::1"],
  ["NAT64", "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1"],
  ["cloud metadata", "169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200"],
  ["cloud metadata in IPv6", "fd00:ec2::254", "fd20:ce::254", "::ffff:169.254.169.254"],
  ["no address at all", "", "localhost", "127.1", "0x7f.0.0.1", "1.1.1.1 ", "1.1.1.1\n"],
])("an address that is not the public internet is not reached: %s", (_what, ...addresses) => {
  expect(addresses.filter((address) => isReachable(address, nothing))).toEqual([]);
});

test("the public internet is reached; what else, the operator says, but never a cloud's secrets", () => {
  const open = ["1.1.1.1", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700::1111"];
  expect(open.filter((address) => !isReachable(address, nothing))).toEqual([]);
  const allowed = rangeList([...loopback, { address: "169.254.0.0", prefix: 16 }]);
  expect(isReachable("127.0.0.1", allowed)).toBe(true);
  expect(isReachable("::1", allowed)).toBe(true);
  expect(isReachable("10.0.0.1", allowed)).toBe(false);
  expect(isReachable("169.254.7.7", allowed)).toBe(true);
  expect(isReachable("169.254.169.254", allowed)).toBe(false);
  expect(isReachable("::ffff:169.254.169.254", allowed)).toBe(false);
});

test("a cloud's own addresses stay closed whatever is open, also where IPv6 carries them", () => {
  const wide = rangeList([
    { address: "0.0.0.0", prefix: 0 },
    { address: "::", prefix: 0 },
  ]);
  const open = ["127.0.0.1", "169.254.7.7", "10.0.0.1", "::1", "fe80::1", "2002:a00:1::1"];
  expect(open.filter((address) => !isReachable(address, wide))).toEqual([]);
  const closed = [
    ["metadata", "169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200"],
    ["metadata of Tencent", "169.254.0.23", "::ffff:169.254.0.23"],
    ["DNS and time of AWS", "169.254.169.253", "169.254.169.123", "fd00:ec2::253", "fd00:ec2::123"],
    ["mapped", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "0:0:0:0:0:FFFF:A9FE:A9FE"],
    ["compatible", "::169.254.169.254", "::a9fe:a9fe"],
    ["translated (RFC 2765)", "::ffff:0:169.254.169.254", "::ffff:0:a9fe:a9fe"],
    ["NAT64 (RFC 6052)", "64:ff9b::a9fe:a9fe", "64:ff9b::169.254.169.254", "64:ff9b::6464:64c8"],
    ["NAT64 of a network's own prefix, by its length"],
    ["/32, /40", "2a00:1:a9fe:a9fe::", "2a00:1:1a9:fea9:fe::"],
    ["/48, /56", "64:ff9b:1:a9fe:a9:fe00::", "64:ff9b:1:a9:fe:a9fe::"],
    ["/64, /96", "64:ff9b:1:0:a9:fea9:fe00::", "64:ff9b:1::a9fe:a9fe"],
    ["6to4", "2002:a9fe:a9fe::", "2002:a9fe:a9fe:1::1", "2002:a83f:8110::"],
    [
      "Teredo: its server, its client",
      "2001:0:a9fe:a9fe::1",
      "2001::5601:5601",
      "2001:0:1:2:3:4:5601:5601",
    ],
    ["ISATAP", "fe80::5efe:169.254.169.254", "2606:4700::200:5efe:a9fe:a9fe"],
  ].flatMap(([_what, ...addresses]) => addresses);
  expect(closed.filter((address) => isReachable(address, wide))).toEqual([]);
});

const strict = createAddressGuard({ allowsHttp: false, allowed: [] });

test.each([
  // Spellings of 127.0.0.1, 169.254.169.254 and 10.0.0.1.
  "https://127.0.0.1/",
  "https://127.1/",
  "https://2130706433/",
  "https://0x7f000001/",
  "https://0x7f.0.0.1/",
  "https://0177.0.0.1/",
  "https://017700000001/",
  "https://127.0.0.1./",
  "https://%31%32%37.0.0.1/",
  "https://127.0.0。1/",
  "https://①②⑦.0.0.1/",
  "https://127.0.0.1/",
  "https://0/",
  "https://2852039166/",
  "https://0xa9fea9fe/",
  "https://0251.0376.0251.0376/",
  "https://169.254.43518/",
  "https://012.0.0.1/",
  "https://[::1]/",
  "https://[0000::0001]/",
  "https://[::]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:7f00:1]/",
  "https://[::127.0.0.1]/",
  "https://[64:ff9b::10.0.0.1]/",
  "https://[2002:7f00:1::]/",
  "https://[2001:0:1::1]/",
  "https://[fd00:ec2::254]/",
  "https://[fe80::1]/",
  "HTTPS:\\\\127.0.0.1\\",
  " https://127.0.0.1/",
  "https://127.0.0.1:443/",
  "https://127.0.0.1:8443/",
  // What stands before the host is not it, and what stands after it is not either.
  "https://example.com@127.0.0.1/",
  "https://example.com:x@127.0.0.1/",
  "https://127.0.0.1\\@example.com/",
  "https://127.0.0.1#@example.com/",
  "https://127.0.0.1?@example.com/",
  "https://user@example.com/",
  "https://:secret@example.com/",
  // No https, or not on its ports.
  "http://example.com/",
  "ftp://example.com/",
  "file:///etc/passwd",
  "gopher://example.com/",
  "javascript:alert(1)",
  "https://example.com:22/",
  "https://example.com:5432/",
  "https://example.com:80/",
])("%s is refused by its form", (text) => {
  expect(strict.problemOf(new URL(text))).toMatch(/^(Must|The) .*\.$/);
});

test("what no browser would take for an address is none", () => {
  const texts = ["https://[fe80::1%25eth0]/", "https://[::1]x/", "https://1.2.3.4.5/", "https://"];
  expect(texts.filter((text) => URL.canParse(text))).toEqual([]);
});

test("ordinary addresses pass, and http and loopback where the operator says so", () => {
  const texts = ["https://example.com/hook?a=b", "https://example.com:8443", "https://1.1.1.1/"];
  for (const text of [...texts, "https://xn--bcher-kva.example/", "https://[2606:4700::1111]/"]) {
    expect(strict.problemOf(new URL(text)), text).toBeUndefined();
  }
  const http = createAddressGuard({ allowsHttp: true, allowed: [] });
  expect(http.problemOf(new URL("http://example.com:8080/"))).toBeUndefined();
  expect(http.problemOf(new URL("http://127.0.0.1:8080/"))).toContain("public internet");
  expect(http.problemOf(new URL("ftp://example.com/"))).toContain("http://");
  const local = createAddressGuard({ allowsHttp: true, allowed: loopback });
  expect(local.problemOf(new URL("http://127.0.0.1:8080/"))).toBeUndefined();
  expect(local.problemOf(new URL("http://[::1]:8080/"))).toBeUndefined();
  expect(local.problemOf(new URL("http://10.0.0.1:8080/"))).toContain("public internet");
});
