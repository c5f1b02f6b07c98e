// Makes and checks signature envelopes with the notary project's own library, for tests that stand beside it.
//
// usage: notation-core sign MEDIA-TYPE CHAIN.pem KEY.pem SCHEME [EXPIRY-RFC3339]  <payload >envelope
//        notation-core verify MEDIA-TYPE                                           <envelope >payload
package main

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/notaryproject/notation-core-go/signature"
	_ "github.com/notaryproject/notation-core-go/signature/cose"
	_ "github.com/notaryproject/notation-core-go/signature/jws"
)

const payloadType = "application/vnd.cncf.notary.payload.v1+json"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "notation-core:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	switch {
	case len(args) >= 5 && args[0] == "sign":
		return sign(args[1:], input)
	case len(args) == 2 && args[0] == "verify":
		envelope, err := signature.ParseEnvelope(args[1], input)
		if err != nil {
			return err
		}
		content, err := envelope.Verify()
		if err != nil {
			return err
		}
		_, err = os.Stdout.Write(content.Payload.Content)
		return err
	}
	return errors.New("usage: notation-core sign|verify MEDIA-TYPE …")
}

func sign(args []string, payload []byte) error {
	chain, err := certificates(args[1])
	if err != nil {
		return err
	}
	key, err := privateKey(args[2])
	if err != nil {
		return err
	}
	signer, err := signature.NewLocalSigner(chain, key)
	if err != nil {
		return err
	}
	request := &signature.SignRequest{
		Payload:       signature.Payload{ContentType: payloadType, Content: payload},
		Signer:        signer,
		SigningTime:   time.Now(),
		SigningScheme: signature.SigningScheme(args[3]),
		SigningAgent:  "seawall-tests",
	}
	if len(args) > 4 {
		if request.Expiry, err = time.Parse(time.RFC3339, args[4]); err != nil {
			return err
		}
	}
	envelope, err := signature.NewEnvelope(args[0])
	if err != nil {
		return err
	}
	made, err := envelope.Sign(request)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(made)
	return err
}

func certificates(path string) ([]*x509.Certificate, error) {
	rest, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var chain []*x509.Certificate
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return chain, nil
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		chain = append(chain, certificate)
	}
}

func privateKey(path string) (crypto.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("no PEM in the key file")
	}
	return x509.ParsePKCS8PrivateKey(block.Bytes)
}
