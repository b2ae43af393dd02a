/** The way out: the domain's identity, and the configuration set that reports what became of answers. */
import {
  CfnOutput,
  Duration,
  aws_route53 as route53,
  aws_ses as ses,
  aws_sns as sns,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Settings } from '../config.ts';
import type { Alarms } from '../monitoring/alarms.ts';
import { ses as sesMetric } from '../monitoring/metrics.ts';
import type { Names } from '../names.ts';

export interface OutboundProps {
  readonly settings: Settings;
  readonly names: Names;
  readonly alarms: Alarms;
  readonly topics: Readonly<Record<'bounces' | 'complaints' | 'deliveries', sns.ITopic>>;
}

/**
 * The policy for mail in our name. Reports go to somebody who asked for them, or to nobody: at our own domain they
 * would be mail to the bot.
 */
function dmarc(settings: Settings): string {
  const reports = settings.dmarcReports ? `; rua=mailto:${settings.dmarcReports}` : '';
  return `v=DMARC1; p=reject; adkim=s; aspf=r${reports}`;
}

export class Outbound extends Construct {
  constructor(scope: Construct, id: string, props: OutboundProps) {
    super(scope, id);
    const { settings, names, topics } = props;
    const set = new ses.ConfigurationSet(this, 'Answers', {
      configurationSetName: names.of('answers'),
      // An answer has tax data in it: rather not delivered than delivered in the clear.
      tlsPolicy: ses.ConfigurationSetTlsPolicy.REQUIRE,
      suppressionReasons: ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
      reputationMetrics: true,
    });
    const to = (name: string, topic: sns.ITopic, events: ses.EmailSendingEvent[]): void => {
      set.addEventDestination(name, {
        configurationSetEventDestinationName: names.of(name.toLowerCase()),
        destination: ses.EventDestination.snsTopic(topic),
        events,
      });
    };
    to('Bounces', topics.bounces, [ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.REJECT]);
    to('Complaints', topics.complaints, [ses.EmailSendingEvent.COMPLAINT]);
    // That SES took a message tells a worker which was killed right then that it must not go out once more.
    to('Deliveries', topics.deliveries, [ses.EmailSendingEvent.SEND, ses.EmailSendingEvent.DELIVERY]);

    this.identity('Domain', settings.domain, set, props);
    if (settings.canaryDomain) this.identity('CanaryDomain', settings.canaryDomain, set, props);
    this.watch(props);
  }

  /** An identity with DKIM and a MAIL FROM of its own, so that SPF is aligned as well. */
  private identity(id: string, domain: string, set: ses.ConfigurationSet, props: OutboundProps): void {
    const { settings } = props;
    const zone =
      id === 'Domain' && settings.hostedZoneId
        ? route53.PublicHostedZone.fromPublicHostedZoneAttributes(this, 'Zone', {
            hostedZoneId: settings.hostedZoneId,
            zoneName: domain,
          })
        : undefined;
    const identity = new ses.EmailIdentity(this, id, {
      identity: zone ? ses.Identity.publicHostedZone(zone) : ses.Identity.domain(domain),
      configurationSet: set,
      mailFromDomain: `bounce.${domain}`,
      mailFromBehaviorOnMxFailure: ses.MailFromBehaviorOnMxFailure.REJECT_MESSAGE,
      dkimSigning: true,
    });
    const inbound = `inbound-smtp.${settings.region}.amazonaws.com`;
    if (zone) {
      new route53.MxRecord(this, 'Mx', { zone, values: [{ priority: 10, hostName: inbound }] });
      new route53.TxtRecord(this, 'Spf', { zone, values: ['v=spf1 include:amazonses.com -all'] });
      new route53.TxtRecord(this, 'Dmarc', {
        zone,
        recordName: '_dmarc',
        values: [dmarc(settings)],
      });
      return;
    }
    new CfnOutput(this, `${id}Mx`, { value: `${domain} MX 10 ${inbound}` });
    new CfnOutput(this, `${id}Spf`, { value: `${domain} TXT "v=spf1 include:amazonses.com -all"` });
    new CfnOutput(this, `${id}Dmarc`, {
      value: `_dmarc.${domain} TXT "${dmarc(settings)}"`,
    });
    new CfnOutput(this, `${id}MailFrom`, {
      value: `bounce.${domain} MX 10 feedback-smtp.${settings.region}.amazonses.com, TXT "v=spf1 include:amazonses.com -all"`,
    });
    identity.dkimRecords.forEach((record, index) => {
      new CfnOutput(this, `${id}Dkim${index}`, { value: `${record.name} CNAME ${record.value}` });
    });
  }

  private watch(props: OutboundProps): void {
    const { alarms, settings } = props;
    const { thresholds } = settings;
    const hour = Duration.hours(1);
    const day = Duration.days(1);
    // Over a day and not an hour: an hour usually has one answer or two, of which no share means anything.
    alarms.critical('bounce-rate', {
      title: `More than ${thresholds.bouncePercent} % of a day's answers bounced`,
      metric: alarms.share(sesMetric('Bounce', day), sesMetric('Send', day), day, 10),
      above: thresholds.bouncePercent,
    });
    alarms.warning('complaint-rate', {
      title: `More than ${thresholds.complaintPercent} % of a day's answers were reported as spam`,
      metric: alarms.share(sesMetric('Complaint', day), sesMetric('Send', day), day, 10),
      above: thresholds.complaintPercent,
    });
    // The figures by which SES itself judges the account, as shares of 1.
    alarms.warning('reputation-bounces', {
      title: `SES counts more than ${thresholds.reputationBouncePercent} % of bounces; from 5 % it reviews the account`,
      metric: sesMetric('Reputation.BounceRate', hour, 'Maximum'),
      above: thresholds.reputationBouncePercent / 100,
    });
    alarms.warning('reputation-complaints', {
      title: `SES counts more than ${thresholds.reputationComplaintPercent} % of complaints; from 0.1 % it reviews the account`,
      metric: sesMetric('Reputation.ComplaintRate', hour, 'Maximum'),
      above: thresholds.reputationComplaintPercent / 100,
    });
  }
}
