import { parseLogin } from "../../../setup/machine-question";

test.each([
  ["198.51.100.10", { user: "root", address: "198.51.100.10", port: 22 }],
  ["ubuntu@vps.example.org", { user: "ubuntu", address: "vps.example.org", port: 22 }],
  [" pi@192.168.1.101:2222 ", { user: "pi", address: "192.168.1.101", port: 2222 }],
])("%j is a login", (text, login) => {
  expect(parseLogin(text, "root")).toEqual(login);
});

test.each(["", "root@", "@host", "a b", "-oProxyCommand=x", "host:0", "host:70000", "u@h:22:22", "$(id)@host"])(
  "%j is none",
  (text) => {
    expect(parseLogin(text, "root")).toBeUndefined();
  },
);
