import { serve } from "../support/serve";
import { Container } from "./container";
import { DockerHost } from "./docker-host";
import { Image } from "./image";
import { Network } from "./network";
import { Volume } from "./volume";

const host = new DockerHost();

void serve({
  name: "docker",
  version: "5.2.0",
  // As the real one: the engine strips secrets and marks the outputs of the same name itself.
  acceptSecrets: false,
  configure: (config) => host.configure(config),
  resources: {
    "docker:index/container:Container": new Container(host),
    "docker:index/image:Image": new Image(host),
    "docker:index/network:Network": new Network(host),
    "docker:index/volume:Volume": new Volume(host),
  },
});
