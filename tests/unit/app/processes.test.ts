import { instancesOn } from "../../../components/app/processes";

const spread = (servers: number, instances: number | undefined): number[] =>
  Array.from({ length: servers }, (_, index) => instancesOn(index, servers, instances));

test.each([
  [1, undefined, [1]],
  [3, undefined, [1, 1, 1]],
  [3, 1, [1, 0, 0]],
  [3, 3, [1, 1, 1]],
  [3, 5, [2, 2, 1]],
  [1, 4, [4]],
])("on %s servers, %s instances are %j", (servers, instances, expected) => {
  expect(spread(servers, instances)).toEqual(expected);
});
