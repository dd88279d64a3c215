"""Another client of S3 (boto3), for s3.sh and s3_kill.sh; endpoint and keys come from AWS_*.

    keys BUCKET PREFIX         the visible objects, one a line; hidden BUCKET PREFIX: the others
    get BUCKET PREFIX FOLDER   all of them into a folder, in folders as the keys say
    put BUCKET KEY FILE
    uploads BUCKET             uploads that are not completed
    refused                    prints "refused" if a wrong secret is
"""
import os
import sys

import boto3
import botocore.exceptions
from botocore.config import Config

config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 3}, region_name="us-east-1")


def client(**more):
    return boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"], config=config, **more)


def objects(bucket, prefix):
    for page in client().get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from (o["Key"] for o in page.get("Contents", []))


def hidden(key):
    return any(name.startswith((".", "_")) for name in key.split("/"))


what, args = sys.argv[1], sys.argv[2:]
if what in ("keys", "hidden"):
    for key in objects(*args):
        if hidden(key) == (what == "hidden"):
            print(key)
elif what == "get":
    s3 = client()
    for key in objects(*args[:2]):
        if not hidden(key):
            path = os.path.join(args[2], key)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            s3.download_file(args[0], key, path)
elif what == "put":
    client().upload_file(args[2], args[0], args[1])
elif what == "uploads":
    for page in client().get_paginator("list_multipart_uploads").paginate(Bucket=args[0]):
        for u in page.get("Uploads", []):
            print(u["Key"])
elif what == "refused":
    try:
        client(aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key="wrong").list_buckets()
        print("accepted")
    except botocore.exceptions.ClientError as e:
        print("refused" if e.response["Error"]["Code"] == "SignatureDoesNotMatch" else e)
