const { default: Sequencer } = require("@jest/test-sequencer");

const { GROUPS, place } = require("../groups");

/** Groups of a lab run in the order of their list; everything else in jest's own. */
class GroupSequencer extends Sequencer {
  sort(tests) {
    const projects = Object.keys(GROUPS);
    const rank = ({ context, path }) => {
      const project = projects.indexOf(context.config.displayName?.name ?? "");
      return project < 0 ? -1 : 1000 * project + place(projects[project], path);
    };
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
}

module.exports = GroupSequencer;
