package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

// stopWait bounds how long a daemon may take to end in order.
const stopWait = 15 * time.Second

// serving is what serve and demo are told about their daemon.
type serving struct {
	data, listen, plan, asOf string
	salvage                  bool
	addrFile, logFormat      string
	tls                      tlsServing
	nats                     natsServing
	cluster                  clusterServing
	supervisor               supervisor
}

func (c *cli) serve() *cobra.Command {
	var s serving
	cmd := &cobra.Command{
		Use:   "serve",
		Short: c.say("启动服务：接收事件、保存日志、回答查询、提供监控指标", "start the daemon: take events, keep the log, answer, expose metrics"),
		Long: c.say(`启动服务，直到收到中断信号。事件落盘（fsync）之后才回答；同一数据目录同时只能有一个服务。日志也可以放在 NATS 集群里
（--nats），那时多数服务器存好之后才回答，几个服务可以同用一份日志，每个都能登记，但要用同一份方案。
还没有令牌时，只监听本机地址，也只回答发给 localhost 或本机地址的请求。用 kaohe token create 生成令牌之后，人人都要
出示令牌，本机也一样；这时才能监听其他地址，并且要有证书（--tls-cert、--tls-key），证书文件更换后自动启用。

  POST /v1/events       登记事件（CloudEvents）
  GET  /v1/scorecard    一个单位一个季度的全部指标
  GET  /v1/explain      一个数由哪些登记组成
  GET  /v1/targets      一年的目标及其调整
  GET  /v1/restatement  报出的数后来有什么变动
  GET  /v1/catalogue    单位、事件类型及其字段
  GET  /v1/events/位置  按原样取一条登记
  GET  /v1/findings     事实数据中可疑之处
  GET  /v1/quarantine   日志中无法使用的内容及原因
  GET  /v1/backfill     按日的历史数据，供新装的 Prometheus（令牌须能查看全部单位）
  GET  /openapi.json    接口说明（OpenAPI 3.1）
  GET  /metrics         供 Prometheus 抓取（令牌须能查看全部单位）
  GET  /healthz /readyz 存活；已读完日志并可登记`,
			`Runs the daemon until it is interrupted. An event is on disk (fsync) before it is answered; one data directory has one
daemon at a time. The log may also be kept in a NATS cluster (--nats): then most of its servers have an event before it is
answered, and several daemons, with the same plan, may share the log and record events.

As long as there are no tokens it listens on this machine only, and answers only what is addressed to localhost or a loopback
address. Once there is one (kaohe token create) everybody must show one, on this machine too; only then it listens elsewhere,
and needs a certificate for that (--tls-cert, --tls-key), which is read anew when it changes.

  POST /v1/events       record events (CloudEvents)
  GET  /v1/scorecard    every indicator of a unit in a quarter
  GET  /v1/explain      what a figure is made of, event by event
  GET  /v1/targets      the targets of a year and how they were changed
  GET  /v1/restatement  what became of published figures
  GET  /v1/catalogue    units, event types and their fields
  GET  /v1/events/POSITION  one event as it was recorded
  GET  /v1/findings     what is odd about the facts of a unit
  GET  /v1/quarantine   what stands in the log and could not be used, and why
  GET  /v1/backfill     the past, day by day, for a new Prometheus (the token must read all units)
  GET  /openapi.json    all of this for programs (OpenAPI 3.1)
  GET  /metrics         for Prometheus (its token must read all units)
  GET  /healthz /readyz alive; has read the log and takes events`),
		Example: c.examples(
			"kaohe serve", "数据放在 ./kaohe-data，监听 "+app.DefaultListen, "data in ./kaohe-data, listening on "+app.DefaultListen,
			"kaohe serve --data /var/lib/kaohe --plan /etc/kaohe/plan", "自己的数据目录和方案", "with a data directory and a plan of one's own",
			"kaohe serve --listen 127.0.0.1:0 --addr-file addr", "任选空闲端口，把地址写进文件", "on any free port, whose address goes to a file",
			"kaohe serve --listen :8470 --tls-cert kaohe.pem --tls-key kaohe.key", "供其他机器访问，须先有令牌", "for other machines, once there is a token",
			"kaohe serve --nats-listen 127.0.0.1:4222", "也用 NATS 提供服务: nats req kaohe.v1.scorecard {}", "over NATS too: nats req kaohe.v1.scorecard {}",
			"kaohe serve --nats tls://n1:4222,tls://n2:4222,tls://n3:4222 --nats-ca ca.pem", "日志放在 NATS 集群里，可以同时运行几个服务", "the log in a NATS cluster, which several daemons may share"),
		Args: c.noArgs,
	}
	c.servingFlags(cmd, &s)
	flags := cmd.Flags()
	flags.StringVar(&s.data, "data", "", c.say("数据目录（默认 $KAOHE_DATA，否则 ./kaohe-data）", "data directory (default $KAOHE_DATA, else ./kaohe-data)"))
	flags.StringVar(&s.plan, "plan", "", c.say("方案目录，与现行方案不同则启用（默认沿用日志中现行的方案；新日志用自带的）",
		"directory of the plan, which comes into force if it differs (default: the plan in force in the log; a new log gets the built-in one)"))
	flags.StringVar(&s.asOf, "as-of", "", c.say("业务日期，如 2018-03-31（默认今天）", "business date, such as 2018-03-31 (default today)"))
	flags.BoolVar(&s.salvage, "salvage", false, c.say("日志损坏时只读打开，看还剩什么；不接收事件", "read what is left of a damaged log, read-only: no events are taken"))
	c.tlsFlags(flags, &s.tls)
	c.natsFlags(flags, &s.nats)
	c.clusterFlags(flags, &s.cluster)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := c.notBlank(cmd); err != nil {
			return err
		}
		s.data, s.supervisor = cmp.Or(s.data, c.env("KAOHE_DATA"), "kaohe-data"), c.supervisor()
		opts, err := c.appOptions(&s, slog.LevelInfo)
		if err != nil {
			return err
		}
		opts.KeepPlan = s.plan == ""
		if err := c.tlsOptions(&s.tls, &opts); err != nil {
			return err
		}
		if err := c.natsOptions(&s.nats, &opts); err != nil {
			return err
		}
		if err := c.clusterOptions(&s.cluster, &opts); err != nil {
			return err
		}
		ctx, restore := underSignals(cmd.Context())
		defer restore()
		return c.withApp(ctx, opts, func(ctx context.Context, a *app.App) error {
			if err := c.announce(ctx, a, &s, opts); err != nil {
				return err
			}
			return untilEnd(ctx, a, &s)
		})
	}
	return cmd
}

func (c *cli) servingFlags(cmd *cobra.Command, s *serving) {
	flags := cmd.Flags()
	flags.StringVar(&s.listen, "listen", app.DefaultListen, c.say("监听地址，没有令牌时仅限本机；端口 0 为任选空闲端口", "address to listen on, of this machine only unless there are tokens; port 0 takes a free one"))
	flags.StringVar(&s.addrFile, "addr-file", "", c.say("就绪后把地址写进此文件", "file that gets the address once the daemon is ready"))
	flags.Var(choice(&s.logFormat, "text", "json"), "log-format", c.say("运行日志（stderr）的格式", "format of the messages on stderr"))
}

// appOptions makes the daemon's options. This is where the clock and chance come from.
func (c *cli) appOptions(s *serving, level slog.Level) (app.Options, error) {
	if err := c.checkAddrFile(s.addrFile); err != nil {
		return app.Options{}, err
	}
	plan, err := c.loadPlan(s.plan)
	if err != nil {
		return app.Options{}, err
	}
	opts := app.Options{
		Data: s.data, Salvage: s.salvage, Listen: s.listen, Plan: plan, Now: time.Now, NewID: rand.Text, Version: readAbout().Version,
		Logger: newLogger(c.stderr, s.logFormat, level),
	}
	if s.asOf != "" {
		if opts.AsOf, err = events.ParseDay(s.asOf); err != nil {
			return opts, c.usagef("选项 --as-of 不能是 %q，应为日期，如 2018-03-31", "flag --as-of cannot be %q, expected a day like 2018-03-31", s.asOf)
		}
	}
	return opts, nil
}

func newLogger(w io.Writer, format string, level slog.Level) *slog.Logger {
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level}))
}

// underSignals lets the first signal end what is done with the context in order, and the second one everything at once, as
// the default handling is back by then. Only a daemon needs it: all other commands have nothing to put in order, and a
// signal ends them at once.
func underSignals(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, restore := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, restore)
	return ctx, restore
}

// withApp runs fn with a daemon and stops it in order afterwards, however fn ends.
func (c *cli) withApp(ctx context.Context, opts app.Options, fn func(context.Context, *app.App) error) (err error) {
	a, err := app.New(opts)
	if err != nil {
		return codedError{exitUsage, err}
	}
	if err := a.Start(ctx); err != nil {
		return err
	}
	defer func() {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
		defer cancel()
		if stopErr := a.Stop(stop); err == nil {
			err = stopErr
		}
	}()
	return fn(ctx, a)
}

// untilEnd lets the daemon work until the user ends it, which is no error, or until it cannot go on. The address goes to
// the file only when facts are taken: who waits for the file can emit at once.
func untilEnd(ctx context.Context, a *app.App, s *serving) error {
	s.supervisor.tell(stateReading)
	defer s.supervisor.tell(stateStopping)
	if err := a.Caught(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	if err := writeAddr(s.nats.addrFile, a.NATSURL()); err != nil {
		return err
	}
	if err := writeAddr(s.addrFile, strings.TrimPrefix(a.URL(), "http://")); err != nil {
		return err
	}
	s.supervisor.tell(stateReady + strings.Join(a.URLs(), " "))
	select {
	case <-ctx.Done():
		return nil
	case <-a.Failed():
		return a.Failure()
	}
}

// announce says where the daemon listens and what it works with.
func (c *cli) announce(ctx context.Context, a *app.App, s *serving, opts app.Options) error {
	end, err := a.End(ctx)
	if err != nil {
		return err
	}
	date := a.Today().String()
	if opts.AsOf == 0 {
		date += c.say("（今天）", " (today)")
	}
	fmt.Fprintln(c.stdout, c.sayf("kaohe 正在监听 %s", "kaohe listens on %s", strings.Join(a.URLs(), " ")))
	access := c.say("没有令牌，只限本机；生成: kaohe token create", "there are no tokens, so this machine only; to make one: kaohe token create")
	if a.Guarded() {
		access = c.say("需要令牌", "a token is needed")
	}
	for _, line := range [][2]string{
		{c.say("方案", "plan"), c.planLine(s.plan, a.Plan(), opts)}, {c.say("数据", "data"), c.dataLine(opts, end)},
		{c.say("业务日期", "date"), date}, {c.say("访问", "access"), access},
	} {
		c.line(c.stdout, "  "+line[0]+": "+line[1])
	}
	if opts.Salvage {
		c.announceSalvage(a)
	}
	return nil
}

// announceSalvage says loudly that this is no daemon to work with.
func (c *cli) announceSalvage(a *app.App) {
	if damage := a.Damage(); damage != nil {
		fmt.Fprintln(c.stderr, c.say("注意: ", "warning: ")+c.damaged(damage))
	}
	fmt.Fprintln(c.stderr, c.say("注意: 只读打开，不接收事件；数字不完整", "warning: read-only, no events are taken; figures are not complete"))
}

func (c *cli) planLine(dir string, plan *indicators.Plan, opts app.Options) string {
	where := dir
	switch {
	case opts.KeepPlan && plan != opts.Plan:
		where = c.say("日志中现行的", "in force in the log")
	case where == "":
		where = c.say("自带", "built in")
	}
	return fmt.Sprintf("%s (%s, %.12s)", plan.Name.In(c.lang), where, plan.Hash)
}

// checkAddrFile finds out before anything is opened whether the address can be written.
func (c *cli) checkAddrFile(path string) error {
	if path == "" {
		return nil
	}
	info, err := os.Stat(filepath.Dir(path))
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: filepath.Dir(path), Err: syscall.ENOTDIR}
	}
	if err != nil {
		return c.errorf("--addr-file 所在的目录: %w", "directory of --addr-file: %w", err)
	}
	return nil
}

// writeAddr puts the address where a script can wait for it. The file appears at once with all its content.
func writeAddr(path, addr string) error {
	if path == "" {
		return nil
	}
	if err := os.WriteFile(path+".tmp", []byte(addr+"\n"), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}
