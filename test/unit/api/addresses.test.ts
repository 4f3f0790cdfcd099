import { expect, test } from "vitest";
import { networkOf } from "../../../src/api/addresses.ts";

test.for([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:0DB8:0001:0002::", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["2001:db8:1:2::%eth0", "2001:db8:1:2"],
  ["::1", "0:0:0:0"],
  ["", ""],
] as const)("%s is counted as %s", ([ip, network]) => {
  expect(networkOf(ip)).toBe(network);
});
