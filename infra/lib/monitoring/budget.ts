/**
 * Tells of spending at three levels, and of a forecast, before the bill does. Of the whole account: what SES and
 * CloudWatch bill, most of it all, has no tags to be told apart by.
 */
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
        // An account has its budgets once for all regions.
        budgetName: names.of(`month-${settings.region}`),
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: settings.budget, unit: 'USD' },
      },
      notificationsWithSubscribers: [
        ...LEVELS.map((level) => at('ACTUAL', level)),
        at('FORECASTED', 100),
      ],
    });
  }
}
