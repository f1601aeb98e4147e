package main

import (
	"github.com/spf13/pflag"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
)

// natsServing is what serve is told about clients that come by NATS.
type natsServing struct{ listen, addrFile string }

func (c *cli) natsFlags(flags *pflag.FlagSet, n *natsServing) {
	flags.StringVar(&n.listen, "nats-listen", "", c.say("同时用 NATS 提供服务的地址，如 127.0.0.1:4222（默认不提供）；令牌和证书的规则与 --listen 相同",
		"address at which to serve over NATS too, such as 127.0.0.1:4222 (default: none); tokens and certificate as for --listen"))
	flags.StringVar(&n.addrFile, "nats-addr-file", "", c.say("就绪后把 NATS 地址写进此文件", "file that gets the NATS address once the daemon is ready"))
}

// natsOptions checks what was said, and hands it on.
func (c *cli) natsOptions(n *natsServing, opts *app.Options) error {
	switch {
	case n.addrFile != "" && n.listen == "":
		return c.usagef("--nats-addr-file 要与 --nats-listen 一起给出", "--nats-addr-file goes with --nats-listen")
	case opts.Salvage && n.listen != "":
		return c.usagef("--salvage 只读打开日志，不能同时用 --nats-listen", "--salvage reads the log without its server, so that it excludes --nats-listen")
	}
	opts.NATSListen = n.listen
	return c.checkAddrFile(n.addrFile)
}
