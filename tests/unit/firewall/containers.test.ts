import { addressOf, renderContainerFirewall } from "../../../components/firewall/containers";
import { Sandbox } from "../../support/sandbox";
import { describeWhere } from "../../support/tools";

const REACH = {
  subnet: "172.18.0.0/16",
  flows: [{ to: "10.77.0.2-10.77.0.254", port: 8444 }],
  networks: ["192.168.1.5/32"],
};

test.each([
  ["postgresql://user:word@192.168.1.5:5432/name", ["192.168.1.5/32"]],
  ["https://10.0.0.7", ["10.0.0.7/32"]],
  ["postgresql://user:word@nas.lan/name", []],
  ["no url", []],
  [undefined, []],
])("the address in %j", (url, networks) => {
  expect(addressOf(url)).toEqual(networks);
});

describeWhere("what containers may open", Sandbox.missing(), () => {
  const sandbox = new Sandbox();

  beforeAll(() => sandbox.start({}));
  afterAll(() => sandbox.stop());

  test.each([
    ["with everything", REACH],
    ["with the internet alone", { ...REACH, flows: [], networks: [] }],
  ])("is rules that the kernel takes, twice in a row: %s", (_, reach) => {
    const text = renderContainerFirewall(reach);
    for (let round = 0; round < 2; round++) expect(sandbox.run(["nft", "-f", "-"], text)).toMatchObject({ code: 0 });
    expect(sandbox.sh("nft list table inet homeport-containers | grep -c 'saddr 172.18.0.0/16 jump begun'")).toBe(
      "2\n",
    );
  });
});
