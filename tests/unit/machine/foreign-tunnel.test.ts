import { examine } from "../../../components/machine/preflight";
import { edgeExpectation } from "../../../components/site/vps";
import { TUNNEL } from "../../support/fixtures";
import { EDGE, facts, server, told } from "../../support/machine-facts";

const FILE = "tunnel file /etc/wireguard/wg0.conf";
const UP = "tunnel interface wg0";

describe("a tunnel of the person's own", () => {
  test("whose file ours would overwrite is named, with the command that moves it away", () => {
    for (const is of [facts(FILE), told(FILE)])
      for (const expected of [EDGE, server()])
        expect(examine(is, expected).faults).toEqual([
          "it has a WireGuard tunnel of its own, /etc/wireguard/wg0.conf, which Homeport would overwrite: move it away ('systemctl disable --now wg-quick@wg0; mv /etc/wireguard/wg0.conf /root/'), or set tunnel.interface to another name",
        ]);
  });

  test("is taken down before it is moved away", () => {
    const { faults } = examine(facts(FILE, UP), EDGE);
    expect(faults).toEqual([
      expect.stringContaining(
        "('wg-quick down wg0; systemctl disable --now wg-quick@wg0; mv /etc/wireguard/wg0.conf /root/')",
      ),
    ]);
  });

  test("that something else makes is named as well", () => {
    expect(examine(facts(UP), server()).faults).toEqual([
      expect.stringContaining("its WireGuard interface wg0 is not Homeport's: take out what makes it"),
    ]);
  });

  test("of another name is no matter", () => {
    const other = edgeExpectation({ ...TUNNEL, interface: "homeport0" }, undefined);
    expect(examine(facts(FILE, UP), other).faults).toEqual([]);
    expect(examine(facts("tunnel file /etc/wireguard/office.conf", "tunnel interface office"), EDGE).faults).toEqual(
      [],
    );
  });
});
