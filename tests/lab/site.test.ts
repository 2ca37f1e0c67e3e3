import { theLab } from "../support/lab";
import { looking } from "../support/lab-group";
import { POST, removePost } from "../support/lab-post";
import { nameTests } from "./site/names";
import { adminTests, pageTests } from "./site/pages";
import { postTests } from "./site/post";
import { proxyTests } from "./site/proxy";
import { staticMediaTests } from "./site/static-media";
import { tlsTests } from "./site/tls";
import { visitorAddressTests } from "./site/visitor-address";

looking("the site from outside:", () => {
  describe("names", nameTests);
  describe("the site", pageTests);
  describe("the admin", adminTests);
  describe("the address that Django sees", visitorAddressTests);
  describe("TLS", tlsTests);
  describe("the proxy", proxyTests);
  describe("a post", () => {
    afterAll(async () => {
      await removePost((await theLab()).machines.pi, POST.slug);
    });
    describe("of the author", postTests);
    describe("and other files:", staticMediaTests);
  });
});
