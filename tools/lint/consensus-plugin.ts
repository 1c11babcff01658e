// Rules of our own for oxlint (same plugin interface as ESLint).

interface OperatorNode {
  readonly operator: string;
}

interface RuleContext {
  report(problem: { readonly node: OperatorNode; readonly message: string }): void;
}

const message =
  'A bare division hides its rounding and mixes up bigint and number: use floorDiv, ceilDiv or mulDiv from @zhtp/types.';

/** Validators must round alike: every division of the consensus packages goes through one file of named helpers. */
const noRawDivision = {
  create(context: RuleContext) {
    const check = (operators: string) => (node: OperatorNode) => {
      if (node.operator === operators) context.report({ node, message });
    };
    return { BinaryExpression: check('/'), AssignmentExpression: check('/=') };
  },
};

export default {
  meta: { name: 'zhtp' },
  rules: { 'no-raw-division': noRawDivision },
};
