"""Kafka as the house sees it (ports.py): the only package that imports kafka-python."""

from khabar.kafka.broker import LARGEST_REQUEST, KafkaBroker, KafkaConsumer, KafkaProducer
from khabar.kafka.topics import create_topics, lags, topic_config

__all__ = ["LARGEST_REQUEST", "KafkaBroker", "KafkaConsumer", "KafkaProducer", "create_topics", "lags", "topic_config"]
