package main

import (
	"context"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
)

// backfill writes the past for a Prometheus that is new.
func (c *cli) backfill() *cobra.Command {
	var from, to, known, plan string
	var labels, orgs, indicators []string
	cmd := &cobra.Command{
		Use:   "backfill",
		Short: c.say("导出历史数据，让新装的 Prometheus 一开始就有往年的曲线", "write the past for Prometheus, so that a new one shows years on its first day"),
		Long: c.say(`按日导出业务指标的历史，写到标准输出，格式为 OpenMetrics，供 promtool tsdb create-blocks-from openmetrics 生成数据块。
每个序列每天一个样本，时间为当天零时（方案的时区），数值为截至当天的数；图上用 last_over_time(x[1d])。序列与 /metrics 上的相同，
并带上抓取时会加的标签 job、instance，应与 prometheus.yml 一致。某日没有的序列，当天没有样本。

--known now 按现在所知：补报、更正都算在发生的那一天。--known then 按每天结束时已登记的内容，用当时的方案；开始登记之前的日子没有样本。

已在抓取的 Prometheus 不要补当天的数（默认到昨天为止）。保留期要够长（如 --storage.tsdb.retention.time=20y），否则补的数据会被当即删除。
promtool 默认每两小时一块，每块都把文件从头读一遍：一年要读三百多遍。加上 --max-block-duration=8760h（不在它的帮助里），一年只读几遍。
最后一行是 # EOF；没有这一行就是中断了，命令以 1 退出，promtool 也不会接受。只能经 http 或 https 取，不经 NATS。`,
			`Writes the history of the business figures, day by day, to standard output, in the format of OpenMetrics, from which promtool tsdb
create-blocks-from openmetrics makes blocks. Each series has one sample a day, at the beginning of the day in the plan's zone, and it
says the figure as of that day; draw it with last_over_time(x[1d]). The series are those of /metrics, with the labels job and instance
that a scrape would add: they should be those of prometheus.yml. A series that was not there on a day has no sample of it.

--known now is by what is known now: what came late or was corrected counts on the day on which it happened. --known then is by what had
been recorded when each day ended, and by the plan in force then; days before anything was recorded have no samples.

Do not add today to a Prometheus that scrapes already (the default ends with yesterday). Let it keep data for long enough
(--storage.tsdb.retention.time=20y), or it deletes at once what was added. By default promtool makes a block of every two hours and
reads the whole file for each: more than three hundred times for a year. With --max-block-duration=8760h, which its help does not tell
of, it reads a year a few times. The last line is # EOF; without it the file was cut: the command exits with 1, and promtool does not
take it. It comes over http or https, not over NATS.`),
		Example: c.examples(
			"kaohe backfill --from 2018-01-01 --to 2018-03-31 > history.om", "一个季度", "a quarter",
			"promtool tsdb create-blocks-from openmetrics --max-block-duration=8760h --quiet history.om /var/lib/prometheus", "存入 Prometheus 的数据目录", "put it into the data directory of Prometheus",
			"kaohe backfill --from 2017-01-01 --known then --label instance=kaohe.example.org:443 > history.om", "当时所知，至昨天", "as it was known then, until yesterday"),
		Args: c.noArgs,
	}
	conn := c.serverFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&from, "from", "", c.say("第一天，如 2018-01-01", "the first day, such as 2018-01-01"))
	flags.StringVar(&to, "to", "", c.say("最后一天，至多到业务日期（默认其前一天）", "the last day, at most the business date (default the day before it)"))
	flags.Var(choice(&known, "now", "then"), "known", c.say("现在所知，或每天结束时所知", "what is known now, or what was known when each day ended"))
	flags.Var(choice(&plan, "then", "current"), "plan", c.say("与 --known then 同用: 当时的方案或现在的方案", "with --known then: the plan of that time or today's"))
	flags.Var(several{&labels}, "label", c.say("加上的标签，可多次（默认 job=kaohe、instance=服务地址；值为空则不加）", "label to add, repeatable (default job=kaohe and instance=HOST:PORT of the server; an empty value leaves it out)"))
	flags.Var(several{&orgs}, "org", c.say("只要这些单位，可多次", "these units only, repeatable"))
	flags.Var(several{&indicators}, "indicator", c.say("只要这些指标，可多次", "these indicators only, repeatable"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		if from == "" {
			return c.usagef("缺少 --from 日期", "--from DATE is missing")
		}
		query := url.Values{"known": {known}, "label": labels, "org": orgs, "indicator": indicators}
		given(query, map[string]string{"from": givenDate(from), "to": givenDate(to)})
		if cmd.Flags().Changed("plan") {
			query.Set("plan", plan)
		}
		return c.writeBackfill(cmd.Context(), *conn, query)
	}
	return cmd
}

// several is a flag that may be given more than once.
type several struct{ list *[]string }

func (v several) String() string { return strings.Join(*v.list, " ") }
func (v several) Type() string   { return "string" }

func (v several) Set(s string) error {
	*v.list = append(*v.list, s)
	return nil
}

// writeBackfill asks for the past and writes it as it comes.
func (c *cli) writeBackfill(ctx context.Context, conn connection, query url.Values) error {
	cl, err := c.client(conn)
	if err != nil {
		return err
	}
	way, ok := cl.by.(*overHTTP)
	if !ok {
		return c.usagef("历史数据只能经 http 或 https 取，不经 NATS；请用 --server http://主机:端口", "a backfill comes over http or https, not over NATS; name the server with --server http://HOST:PORT")
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	p := c.newProgress(!terminal(c.stderr) || terminal(c.stdout))
	p.start("/v1/backfill", 0)
	if !p.silent {
		p.draw(c.say("服务正在计算……", "the server is computing ..."))
	}
	body, err := cl.stream(ctx, way, request{method: "GET", path: "/v1/backfill", query: query})
	if err != nil {
		p.clear()
		return err
	}
	defer body.Close()
	copied, err := c.copyHistory(&attended{body, stop}, p)
	p.clear()
	if err != nil {
		return c.cut(ctx, err, copied)
	}
	if copied.samples == 0 { // figures as known now are of any day, if only the date
		c.line(c.stderr, c.say("注意: 没有样本：这些日子结束时还什么都没有登记；按现在所知的用 --known now",
			"warning: there are no samples: nothing had been recorded when these days ended; --known now is by what is known now"))
	}
	c.line(c.stderr, c.sayf("已写出 %d 个样本，%.1f MB", "wrote %d samples, %.1f MB", copied.samples, float64(copied.bytes)/1e6))
	return nil
}
