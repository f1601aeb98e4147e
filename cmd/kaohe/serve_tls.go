package main

import (
	"github.com/spf13/pflag"

	"github.com/kaohe/kaohe/cmd/kaohe/internal/app"
)

// tlsServing is what serve is told about encryption.
type tlsServing struct {
	cert, key string
	none      bool
}

func (c *cli) tlsFlags(flags *pflag.FlagSet, t *tlsServing) {
	flags.StringVar(&t.cert, "tls-cert", "", c.say("证书文件（PEM，含中间证书）", "file of the certificate (PEM, with what is between it and its root)"))
	flags.StringVar(&t.key, "tls-key", "", c.say("证书私钥文件（PEM）", "file of the certificate's key (PEM)"))
	flags.BoolVar(&t.none, "no-tls", false, c.say("不用证书也监听其他地址：由前面的代理或专网负责加密", "listen elsewhere without a certificate: a proxy or a private network sees to it"))
}

// tlsOptions checks what was said, and hands it on.
func (c *cli) tlsOptions(t *tlsServing, opts *app.Options) error {
	switch {
	case (t.cert == "") != (t.key == ""):
		return c.usagef("--tls-cert 和 --tls-key 要一起给出", "--tls-cert and --tls-key go together")
	case t.none && t.cert != "":
		return c.usagef("--no-tls 不能与 --tls-cert 同时使用", "--no-tls excludes --tls-cert")
	}
	opts.TLSCert, opts.TLSKey, opts.NoTLS = t.cert, t.key, t.none
	return nil
}
