// Rules of our own for oxlint (same plugin interface as ESLint).

interface RuleContext<Node> {
  report(problem: { readonly node: Node; readonly message: string }): void;
}

interface OperatorNode {
  readonly operator: string;
}

interface ImportNode {
  readonly source: { readonly value?: unknown };
}

const divisionMessage =
  'A bare division hides its rounding and mixes up bigint and number: use floorDiv, ceilDiv or mulDiv from @zhtp/types.';

/** Validators must round alike: every division of the consensus packages goes through one file of named helpers. */
const noRawDivision = {
  create(context: RuleContext<OperatorNode>) {
    const check = (operator: string) => (node: OperatorNode) => {
      if (node.operator === operator) context.report({ node, message: divisionMessage });
    };
    return { BinaryExpression: check('/'), AssignmentExpression: check('/=') };
  },
};

/** What no-restricted-imports does not see: `import('node:fs')`. */
const noDynamicRuntimeImport = {
  create(context: RuleContext<ImportNode>) {
    return {
      ImportExpression(node: ImportNode) {
        if (typeof node.source.value !== 'string' || !node.source.value.startsWith('node:')) return;
        context.report({ node, message: 'This file also runs in a browser: take what is needed through a port.' });
      },
    };
  },
};

export default {
  meta: { name: 'zhtp' },
  rules: { 'no-raw-division': noRawDivision, 'no-dynamic-runtime-import': noDynamicRuntimeImport },
};
