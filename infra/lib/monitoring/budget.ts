/** Tells of spending at three levels, and of a forecast, before the bill does. */
import { aws_budgets as budgets } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import type { Names } from '../names.ts';

/** In % of the month's budget. The chapter in the runbook is `budget`. */
export const LEVELS = [50, 80, 100] as const;

export class Budget extends Construct {
  constructor(scope: Construct, id: string, settings: Settings, names: Names) {
    super(scope, id);
    const told = [
      {
        subscriptionType: settings.operatorEmail ? 'EMAIL' : 'SNS',
        address: settings.operatorEmail ?? names.topicArn('warnings'),
      },
    ];
    const at = (notificationType: string, threshold: number) => ({
      notification: {
        notificationType,
        comparisonOperator: 'GREATER_THAN',
        thresholdType: 'PERCENTAGE',
        threshold,
      },
      subscribers: told,
    });
    new budgets.CfnBudget(this, 'Month', {
      budget: {
        budgetName: names.of('month'),
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: settings.budget, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:Environment$${settings.environment}`] },
      },
      notificationsWithSubscribers: [
        ...LEVELS.map((level) => at('ACTUAL', level)),
        at('FORECASTED', 100),
      ],
    });
  }
}
