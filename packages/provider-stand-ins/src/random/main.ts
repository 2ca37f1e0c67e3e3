import { serve } from "../support/serve";
import { randomIdResource } from "./random-id";
import { randomPasswordResource } from "./random-password";

void serve({
  name: "random",
  version: "4.21.1",
  acceptSecrets: false,
  resources: {
    "random:index/randomId:RandomId": randomIdResource,
    "random:index/randomPassword:RandomPassword": randomPasswordResource,
  },
});
