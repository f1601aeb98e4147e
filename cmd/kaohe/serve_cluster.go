package main

import (
	"cmp"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/pflag"
	"github.com/synadia-io/orbit.go/natscontext"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
	"github.com/kaohe/kaohe/events/natslog"
)

// clusterWait is how long the servers of a cluster may take to be there when a daemon starts: as long as they take to start
// themselves, and to choose a leader.
const clusterWait = 30 * time.Second

// clusterServing is what serve is told about a cluster that keeps the log.
type clusterServing struct {
	url, context, creds, nkey string
	ca, cert, key             string
	replicas                  int
	insecure                  bool // a password may go unencrypted to another machine
}

func (c *cli) clusterFlags(flags *pflag.FlagSet, s *clusterServing) {
	flags.StringVar(&s.url, "nats", "", c.say("日志放在已有的 NATS 集群里，不用内嵌的服务器: 地址，多个用逗号隔开；口令用 $NATS_USER、$NATS_PASSWORD",
		"keep the log in this NATS cluster, not in the embedded server: addresses with commas between them; a password is taken from $NATS_USER, $NATS_PASSWORD"))
	flags.StringVar(&s.context, "nats-context", "", c.say("集群在 nats 命令里的 context 名，代替 --nats 或与之同用", "name of the cluster's context of the nats CLI, in place of --nats or beside it"))
	flags.StringVar(&s.creds, "nats-creds", "", c.say("集群的凭据文件（默认 $NATS_CREDS）", "credentials file for the cluster (default $NATS_CREDS)"))
	flags.StringVar(&s.nkey, "nats-nkey", "", c.say("集群的 nkey 种子文件（默认 $NATS_NKEY）", "file with the seed of an nkey for the cluster (default $NATS_NKEY)"))
	flags.StringVar(&s.ca, "nats-ca", "", c.say("签发集群证书的 CA，PEM 文件（默认 $NATS_CA，否则系统自带）", "certificates of the CA of the cluster, in PEM (default $NATS_CA, else those of the system)"))
	flags.StringVar(&s.cert, "nats-cert", "", c.say("向集群出示的证书（默认 $NATS_CERT）", "certificate to show to the cluster (default $NATS_CERT)"))
	flags.StringVar(&s.key, "nats-key", "", c.say("该证书的私钥（默认 $NATS_KEY）", "key of that certificate (default $NATS_KEY)"))
	flags.IntVar(&s.replicas, "nats-replicas", 0, c.say("日志在几台服务器上各存一份（默认: 集群 3，单台 1）", "how many servers keep a copy of the log (default 3 in a cluster, 1 on a single server)"))
	flags.BoolVar(&s.insecure, "nats-insecure", false, c.say("允许口令不加密地发往别的机器", "let a password go to another machine unencrypted"))
}

// clusterOptions checks what was said, and hands it on.
func (c *cli) clusterOptions(s *clusterServing, opts *app.Options) error {
	switch {
	case s.url == "" && s.context == "":
		if s.creds+s.nkey+s.ca+s.cert+s.key != "" || s.replicas != 0 || s.insecure {
			return c.usagef("--nats-creds、--nats-ca、--nats-replicas 等要与 --nats 或 --nats-context 一起给出", "--nats-creds, --nats-ca, --nats-replicas and the like go with --nats or --nats-context")
		}
		return nil
	case opts.NATSListen != "":
		return c.usagef("--nats 把日志放在集群里，没有内嵌的服务器可供 --nats-listen 监听；谁能连上集群，由集群的账户决定",
			"--nats keeps the log in a cluster, so that there is no embedded server to listen with --nats-listen; the cluster's accounts say who is let in there")
	case opts.Salvage:
		return c.usagef("--salvage 读本机的日志文件，不能与 --nats 同时使用", "--salvage reads the files of a log on this machine, so that it excludes --nats")
	case s.replicas < 0 || s.replicas > natslog.MaxReplicas:
		return c.usagef("选项 --nats-replicas 不能是 %d，应为 1 到 %d", "flag --nats-replicas cannot be %d, expected 1 to %d", s.replicas, natslog.MaxReplicas)
	case s.creds != "" && s.nkey != "":
		return c.usagef("--nats-creds、--nats-nkey 只能用一个", "give one of --nats-creds and --nats-nkey")
	}
	var a address
	if s.url != "" {
		var err error
		if a, err = c.clusterAddress(s.url); err != nil {
			return err
		}
	}
	a.context = s.context
	options, err := c.clusterAccess(s, a)
	if err != nil {
		return err
	}
	opts.Cluster = &natslog.Cluster{Name: a.shown(), Replicas: s.replicas, Wait: clusterWait, Connect: func(more ...nats.Option) (*nats.Conn, error) {
		all := append(slices.Clone(options), more...)
		if s.context == "" {
			return nats.Connect("", all...)
		}
		nc, _, err := natscontext.Connect(s.context, all...)
		return nc, err
	}}
	return nil
}

// clusterAddress reads the addresses of a cluster. Secrets have no place on a command line.
func (c *cli) clusterAddress(s string) (address, error) {
	a, err := c.parseAddress(s, "nats")
	if err != nil || !a.nats {
		return a, c.usagef("选项 --nats 应为 NATS 服务器的地址，如 nats://主机:4222 或 tls://主机:4222，多个用逗号隔开",
			"flag --nats expects the address of a NATS server such as nats://HOST:4222 or tls://HOST:4222, or several with commas between them")
	}
	for _, u := range a.urls {
		if u.User != nil {
			return a, c.usagef("地址 %s 里不要写口令或令牌，旁人看得到；请用 $NATS_USER 和 $NATS_PASSWORD、--nats-creds 或 --nats-context",
				"leave passwords and tokens out of the address %s, where others can read them; use $NATS_USER and $NATS_PASSWORD, --nats-creds or --nats-context", a.shown())
		}
	}
	return a, nil
}

// clusterAccess says where the servers are, who asks, and how they are told from others.
func (c *cli) clusterAccess(s *clusterServing, a address) (options []nats.Option, err error) {
	roots, err := c.authorities(cmp.Or(s.ca, c.env("NATS_CA")))
	if err != nil {
		return nil, err
	}
	if roots != nil {
		options = append(options, trusting(roots, s.ca != ""))
	}
	cert, key := cmp.Or(s.cert, c.env("NATS_CERT")), cmp.Or(s.key, c.env("NATS_KEY"))
	if (cert == "") != (key == "") {
		return nil, c.usagef("--nats-cert 和 --nats-key 要一起给出", "--nats-cert and --nats-key go together")
	}
	if cert != "" {
		options = append(options, nats.ClientCert(cert, key))
	}
	who, err := c.natsCredentials(connection{creds: s.creds, nkey: s.nkey}, "")
	if err != nil {
		return nil, err
	}
	options = append(options, at(a.urls))
	if who != nil {
		options = append(options, instead(who))
	}
	return append(options, guarded(s.insecure)), nil
}

// dataLine says where the log is and how far it goes.
func (c *cli) dataLine(opts app.Options, end uint64) string {
	data, err := filepath.Abs(opts.Data)
	if err != nil {
		data = opts.Data
	}
	if opts.Cluster != nil {
		return c.sayf("%s（日志在 %s，到第 %d 次提交）", "%s (log in %s, ends at commit %d)", data, opts.Cluster.Name, end)
	}
	return c.sayf("%s（日志到第 %d 次提交）", "%s (log ends at commit %d)", data, end)
}

// clusterWords says what is wrong with a cluster, with a way out; ok is false if the error is of something else.
func (c *cli) clusterWords(err error) (words string, ok bool) {
	for _, w := range []struct {
		err    error
		zh, en string
	}{
		{natslog.ErrDenied, "集群不允许这个用户做日志所需的事，没有改动任何东西: %v\n  需要哪些权限见 deploy/nats/nats.conf 中的用户 kaohe",
			"%v\n  nothing was changed; which permissions that takes is in deploy/nats/nats.conf, user kaohe"},
		{natslog.ErrDiffers, "集群里的日志流设置不对，没有改动任何东西: %v\n  请用 nats stream edit 改正，副本数也可以用 --nats-replicas 说明；或换一个账户",
			"%v\n  nothing was changed; put it right with nats stream edit (for the number of replicas --nats-replicas will do), or use another account"},
		{natslog.ErrLost, "集群里已经不是这个数据目录所认得的日志，没有改动任何东西: %v\n  请从备份恢复日志流；确认要以现有的日志为准时，删除数据目录里的 cluster.head",
			"%v\n  nothing was changed; restore the stream from a backup; to go on with what is there, having made sure of it, remove cluster.head from the data directory"},
		{natslog.ErrUnusable, "用不了 NATS 集群: %v\n  请查看服务器是否都在运行、JetStream 是否启用，以及 --nats、--nats-ca 和用户、口令是否正确",
			"%v\n  see whether its servers run, with JetStream, and whether --nats, --nats-ca, user and password are right"},
	} {
		if errors.Is(err, w.err) {
			return c.sayf(w.zh, w.en, err), true
		}
	}
	return "", false
}
