import { preflight } from "../../../components/machine/preflight";
import { edgeExpectation } from "../../../components/site/vps";
import { TUNNEL } from "../../support/fixtures";
import { EDGE, facts, server, deployed } from "../../support/machine-facts";

const FILE = "tunnel file /etc/wireguard/wg0.conf";
const UP = "tunnel interface wg0";

describe("a foreign tunnel", () => {
  test("whose file ours would overwrite is named, with the command that moves it away", () => {
    for (const is of [facts(FILE), deployed(FILE)])
      for (const expected of [EDGE, server()])
        expect(preflight(is, expected).errors).toEqual([
          "its own WireGuard configuration /etc/wireguard/wg0.conf would be overwritten: move it away ('systemctl disable --now wg-quick@wg0; mv /etc/wireguard/wg0.conf /root/'), or set tunnel.interface to another name",
        ]);
  });

  test("is taken down before it is moved away", () => {
    const { errors } = preflight(facts(FILE, UP), EDGE);
    expect(errors).toEqual([
      expect.stringContaining(
        "('wg-quick down wg0; systemctl disable --now wg-quick@wg0; mv /etc/wireguard/wg0.conf /root/')",
      ),
    ]);
  });

  test("that something else creates is named as well", () => {
    expect(preflight(facts(UP), server()).errors).toEqual([
      expect.stringContaining("its WireGuard interface wg0 is not Homeport's: remove what creates it"),
    ]);
  });

  test("of another name does no harm", () => {
    const other = edgeExpectation({ name: "vps", port: 22 }, { ...TUNNEL, interface: "homeport0" }, undefined);
    expect(preflight(facts(FILE, UP), other).errors).toEqual([]);
    expect(preflight(facts("tunnel file /etc/wireguard/office.conf", "tunnel interface office"), EDGE).errors).toEqual(
      [],
    );
  });
});
