import { lookup } from "node:dns/promises";

import { edgeAddress } from "../../../components/dns/edge-address";

jest.mock("node:dns/promises", () => ({ lookup: jest.fn() }));
const answer = lookup as unknown as jest.Mock<Promise<{ address: string }>, [string, { family: number }]>;

test("an address is what it is, and nobody is asked", async () => {
  expect(await edgeAddress("198.51.100.10")).toBe("198.51.100.10");
  expect(answer).not.toHaveBeenCalled();
});

test("a name is what it resolves to now, by IPv4", async () => {
  answer.mockResolvedValue({ address: "198.51.100.11" });
  expect(await edgeAddress("vps.example.org")).toBe("198.51.100.11");
  expect(answer).toHaveBeenCalledWith("vps.example.org", { family: 4 });
});

test("a name that does not resolve is reported by its path, with the reason and what to do", async () => {
  answer.mockRejectedValue(new Error("getaddrinfo ENOTFOUND vps.example.org"));
  await expect(edgeAddress("vps.example.org")).rejects.toThrow(
    /^edge\.address: vps\.example\.org does not resolve to an IPv4 address, .*ENOTFOUND.*: correct the name/,
  );
});
